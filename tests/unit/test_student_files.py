"""What the records and finance offices of the simulated university keep adds up, and tells the personas apart."""

from datetime import datetime
from decimal import Decimal

import pytest

from sandbox.grades import term_average
from sandbox.population import populate
from sandbox.university import CAMPUS_TIME

NOW = datetime(2026, 10, 28, 10, 0, tzinfo=CAMPUS_TIME)
CURRENT = "2610"


@pytest.fixture(scope="module")
def university():
    return populate(1, 400, NOW)


@pytest.fixture(scope="module")
def records(university):
    return [(person, record) for person in university.people for record in person.records.values()]


@pytest.fixture(scope="module")
def personas(university):
    return {person.persona: person for person in university.people if person.persona}


def test_every_record_has_a_file_in_the_currency_of_its_campus(records):
    for _, record in records:
        assert record.file.account.currency == {"CWB": "HKD", "GZ": "CNY"}[record.campus]
        assert record.file.account.charges


def test_payments_are_made_for_charges_and_never_in_the_future(records):
    for _, record in records:
        account = record.file.account
        assert all(payment.paid < NOW and payment.amount > 0 for payment in account.payments)
        assert all(charge.posted < charge.due and charge.amount > 0 for charge in account.charges)
        references = [payment.reference for payment in account.payments]
        assert len(references) == len(set(references))
    balances = {record.file.account.balance > 0 for _, record in records}
    assert balances == {True, False}
    assert any(record.file.account.balance < 0 for _, record in records), "somebody paid ahead"


def test_whoever_owes_what_was_due_is_held_from_enrolling_and_nobody_else_for_fees(records):
    for _, record in records:
        account = record.file.account
        due = sum((charge.amount for charge in account.charges if charge.due < NOW.date()), Decimal())
        paid = sum((payment.amount for payment in account.payments), Decimal())
        held = [hold for hold in record.file.holds if hold.reason["en"] == "Fees are overdue"]
        assert bool(held) == (paid < due), record.number
        assert all(hold.blocks_enrolment and hold.since <= NOW.date() for hold in held)
    assert {hold.blocks_enrolment for _, record in records for hold in record.file.holds} == {True, False}


def test_standing_follows_the_last_main_term_that_is_over(records):
    states = set()
    for _, record in records:
        standing = record.file.standing
        if standing is None:
            assert all(row.grade in (None, "T") or row.term.endswith(("20", "40")) or term_average([row]) is None
                       for row in record.enrolments)  # fmt: skip
            continue
        states.add(standing.state)
        assert standing.since < CURRENT
        reached = term_average(row for row in record.enrolments if row.term == standing.since)
        assert (standing.state == "warning") == (reached < 2)
        assert (standing.state == "x-deans-list") == (reached >= Decimal("3.7"))
    assert states == {"good", "warning", "x-deans-list"}


def test_transferred_courses_were_taken_somewhere_and_no_others(records):
    for _, record in records:
        brought = [row for row in record.enrolments if row.origin]
        assert brought == [row for row in record.enrolments if row.grade == "T"]
        assert len({row.origin.institution for row in brought}) <= 1


def test_exchanges_take_place_while_one_studies_and_takes_nothing_here(records):
    found = [(record, exchange) for _, record in records for exchange in record.file.exchanges]
    assert len(found) > 5
    for record, exchange in found:
        assert exchange.term < CURRENT
        assert not any(row.term == exchange.term for row in record.enrolments)


def test_a_campus_recognises_courses_that_the_other_one_taught(university):
    transfers = [
        (person, record, transfer)
        for person in university.people
        for record in person.records.values()
        for transfer in record.file.credit_transfers
    ]
    assert {transfer.state for _, _, transfer in transfers} == {"approved", "requested"}
    for person, record, transfer in transfers:
        assert len(person.records) == 2
        (taught,) = [
            row
            for row in person.records[transfer.from_campus].enrolments
            if (row.course_code, row.term) == (transfer.from_course, transfer.from_term)
        ]
        assert taught.units == transfer.units
        assert (taught.grade is not None) == (transfer.state == "approved")
        assert transfer.to_course in university.campuses[record.campus].courses


def test_the_personas_differ_in_what_is_on_file(personas):
    files = {
        (name, campus): record.file for name, person in personas.items() for campus, record in person.records.items()
    }
    reasons = {key: [hold.reason["en"] for hold in file.holds if hold.blocks_enrolment] for key, file in files.items()}
    assert reasons["alex", "CWB"] == ["Fees are overdue"]
    assert reasons["bo", "CWB"] == ["Student visa not shown"]
    assert reasons["jordan", "CWB"] == []
    assert files["bo", "CWB"].standing is None
    assert {name for (name, _), file in files.items() if file.exchanges} == {"alex", "jordan", "wing", "taiman-b"}
    assert files["wing", "CWB"].account.balance == 0
    twins = [files[name, "CWB"].account.balance for name in ("taiman-a", "taiman-b")]
    assert twins[0] != twins[1]
