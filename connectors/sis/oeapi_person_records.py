"""From the Open Education API's persons to ours, one function per record."""

from collections import defaultdict
from datetime import tzinfo

from campus.money import Money
from connectors.wire import System, local

from . import oeapi_person_shapes as wire
from .oeapi_contacts import contacts_of, to_call
from .oeapi_records import profile_of, texts
from .person_records import (
    Account,
    Advisee,
    Advisor,
    Charge,
    Contacts,
    EmergencyContact,
    Hold,
    Identity,
    Payment,
    PaymentMethod,
    Person,
)


def person(system: System, row: wire.PersonOnWire, zone: tzinfo) -> Person:
    profile = (row.ext.campus if row.ext else None) or wire.PersonProfile()
    codes: defaultdict[str, list[str]] = defaultdict(list)
    for each in row.other_codes or []:
        codes[each.code_type].append(each.code)
    advisor = profile.advisor
    return Person(
        identity=Identity(
            system=system.id,
            wire_id=row.person_id,
            number=row.primary_code.code,
            student=row.primary_code.code_type == "student_number",
            codes=codes,
            advisees_group=profile.advisees_group_id,
        ),
        campus=system.campus,
        display_name=row.display_name or " ".join(filter(None, (row.given_name, row.surname))),
        given_name=row.given_name,
        surname=row.surname,
        chinese_name=row.alternate_name,
        date_of_birth=row.date_of_birth,
        nationality=row.nationality.alpha2 if row.nationality else None,
        contacts=_contacts(system, row),
        emergency_contacts=_emergency_contacts(system, row),
        advisor=Advisor(campus=system.campus, name=advisor.display_name, email=advisor.email) if advisor else None,
        holds=[_hold(system, hold) for hold in profile.holds],
        account=_account(system, profile.account, zone) if profile.account else None,
    )


def _contacts(system: System, row: wire.PersonOnWire) -> Contacts:
    held = contacts_of(row)
    return Contacts(
        system=system.id,
        campus=system.campus,
        email=row.email,
        private_email=held.private_email,
        telephone=held.telephone,
        address=held.address,
    )


def _emergency_contacts(system: System, row: wire.PersonOnWire) -> list[EmergencyContact]:
    return [
        EmergencyContact(campus=system.campus, name=each.name, relation=each.relation, telephone=each.telephone)
        for each in to_call(row)
    ]


def _hold(system: System, row: wire.HoldOnWire) -> Hold:
    return Hold(
        campus=system.campus,
        reason=texts(row.reason),
        blocks_enrolment=row.blocks_enrolment,
        since=row.since,
        contact=row.contact,
    )


def _account(system: System, row: wire.AccountOnWire, zone: tzinfo) -> Account:
    campus, currency = system.campus, row.currency
    return Account(
        campus=campus,
        balance=Money(amount=row.balance, currency=currency),
        charges=[
            Charge(
                campus=campus,
                item=texts(each.item),
                amount=Money(amount=each.amount, currency=currency),
                term_code=each.term_code,
                posted=each.posted,
                due=each.due,
            )
            for each in row.charges
        ],
        payments=[
            Payment(
                campus=campus,
                amount=Money(amount=each.amount, currency=currency),
                paid_at=local(each.paid_at, zone),
                method=each.method,
                reference=each.reference,
            )
            for each in row.payments
        ],
        methods=[
            PaymentMethod(campus=campus, method=each.method, name=texts(each.name), currency=currency, url=each.url)
            for each in row.payment_methods
        ],
    )


def advisee(system: System, row: wire.MembershipOnWire) -> Advisee:
    student = profile_of(system, row.ext, row.person_id).person
    return Advisee(
        system=system.id,
        campus=system.campus,
        number=student.student_number,
        name=student.display_name,
        programme_code=student.programme_code,
        programme_name=texts(student.programme_name),
        year_of_study=student.year_of_study,
        email=student.email,
    )
