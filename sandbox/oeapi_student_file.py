"""A student's file at a campus in the words of the profile `ext.campus`: what v6 of the standard has no place for."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from .finance_office import METHODS, payment_page
from .oeapi_store import at, in_languages
from .student_file import Account, Charge, CreditTransfer, Exchange, Hold, Origin, Payment, StudentFile
from .university import Campus, Programme


def of_person(file: StudentFile, campus: str) -> dict[str, Any]:
    """What hangs on the person: holds, and the account."""
    return {"holds": [_hold(hold) for hold in file.holds], "account": _account(file.account, campus)}


def of_studies(file: StudentFile) -> dict[str, Any]:
    """What hangs on the studies of a programme."""
    standing = file.standing
    return {
        **({"standing": {"state": standing.state, "since": standing.since}} if standing else {}),
        "exchanges": [_exchange(exchange) for exchange in file.exchanges],
        "creditTransfers": [_credit_transfer(transfer) for transfer in file.credit_transfers],
    }


def rules_of(programme: Programme, campus: Campus) -> dict[str, Any]:
    """How averages are worked out in a programme."""
    level = (programme.level,) if programme.level == "bachelor" else ("master", "doctoral")
    return {
        "repeatPolicy": programme.repeat_policy,
        "majorCourses": [
            code
            for code, course in campus.courses.items()
            if code.split()[0] == programme.subject and course.level in level
        ],
    }


def origin(taken: Origin) -> Mapping[str, Any]:
    return {
        "institution": taken.institution,
        "courseCode": taken.course_code,
        "courseTitle": in_languages(taken.course_title),
    }


def _hold(hold: Hold) -> dict[str, Any]:
    return {
        "reason": in_languages(hold.reason),
        "blocksEnrolment": hold.blocks_enrolment,
        "since": hold.since.isoformat(),
        "contact": hold.contact,
    }


def _exchange(exchange: Exchange) -> dict[str, Any]:
    return {"institution": exchange.institution, "countryCode": exchange.country, "termCode": exchange.term}


def _credit_transfer(transfer: CreditTransfer) -> dict[str, Any]:
    return {
        "fromCampus": transfer.from_campus,
        "fromCourseCode": transfer.from_course,
        "fromTermCode": transfer.from_term,
        "courseCode": transfer.to_course,
        "credits": transfer.units,
        "state": transfer.state,
    }


def _account(account: Account, campus: str) -> dict[str, Any]:
    return {
        "currency": account.currency,
        "balance": _amount(account.balance),
        "charges": [_charge(charge) for charge in account.charges],
        "payments": [_payment(payment) for payment in account.payments],
        "paymentMethods": [
            {"method": method, "name": in_languages(name), "url": payment_page(campus, method)}
            for method, name in METHODS[campus]
        ],
    }


def _charge(charge: Charge) -> dict[str, Any]:
    return {
        "item": in_languages(charge.item),
        "amount": _amount(charge.amount),
        "termCode": charge.term,
        "posted": charge.posted.isoformat(),
        "due": charge.due.isoformat(),
    }


def _payment(payment: Payment) -> dict[str, Any]:
    return {
        "amount": _amount(payment.amount),
        "paidAt": at(payment.paid),
        "method": payment.method,
        "reference": payment.reference,
    }


def _amount(amount: Decimal) -> str:
    """Text, since a JSON number is a binary fraction to most who read it."""
    return f"{amount:.2f}"
