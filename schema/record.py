"""A student's one record: results and marks, averages, standing, credits from elsewhere, and what stands in the way."""

from datetime import date, datetime
from decimal import Decimal

import strawberry

from connectors import sis
from connectors.sis import EnrolmentState, StandingState, TransferState
from resolvers import averages, record
from resolvers.news import news_told

from .cards import Data
from .enums import STATE_LABEL, described
from .fields import campus_type, field, labelled, resolved, translated
from .node import RESUME, Listing, News
from .streams import streamed
from .studies import STUDENT, ProgrammeEnrolment

WHOLE = "Null, with an error, unless every campus could be asked."

described(
    StandingState,
    "How a campus judges a student's progress.",
    {
        "GOOD": "In good standing.",
        "WARNING": "Warned: the last term was below what is expected.",
        "PROBATION": "On probation.",
        "SUSPENDED": "Suspended from studies.",
        "OTHER": "Something else, such as an honour: see `stateLabel`.",
    },
)
described(
    TransferState,
    "How far the recognition of a course has come.",
    {
        "REQUESTED": "Asked for.",
        "APPROVED": "Recognised.",
        "REFUSED": "Not recognised.",
        "OTHER": "Something else: see `stateLabel`.",
    },
)


@campus_type(record=sis.Assessment, data=Data.SENSITIVE, system="sis", purpose=STUDENT, requires="record:read")
class Assessment:
    """One assessed item of a course: a quiz, a project, the final examination."""

    name: str = translated("name", "What is assessed.")
    weight: int | None = field("Percent of the course.")
    score: Decimal | None = field("Marks reached; null until marked, and until released.")
    maximum: Decimal | None = field("Marks at most.")
    released: bool = field("Whether the mark, if there is one yet, may be seen.")
    held_at: datetime = field("When it is held, or due.")


@campus_type(record=sis.Enrolment, data=Data.SENSITIVE, system="sis", purpose=STUDENT, requires="record:read")
class Result:
    """What came of a course."""

    course_code: str = field("Catalogue code of the course.")
    course_title: str = translated("course_title", "Title of the course.")
    campus: str = field("Code of the campus.")
    credits: Decimal | None = field("Credits it is worth.")
    state: EnrolmentState = field("Whether the course still runs for the person.")
    grade: str | None = field("A+ to F, P, T, W …; null until released.")
    passed: bool | None = field("Null until released, or where the system does not say.")
    result_at: datetime | None = field("When the grade was given.")
    assessments: list[Assessment] | None = resolved(
        record.assessments, "What the grade is made of, in order of time; empty where the course has no such items."
    )


@campus_type(record=record.TermRecord, data=Data.SENSITIVE, system="sis", purpose=STUDENT, requires="record:read")
class TermRecord:
    """One term of a person's record, over all campuses."""

    code: str = field("Code of the term.")
    results: list[Result] = field("One for each course, in order of code.")
    gpa: Decimal | None = resolved(
        averages.term_gpa,
        "Term grade average (TGA): grade points weighted by credits, to two decimals; null where no grade counts. "
        "A course repeated later still counts here. " + WHOLE,
    )
    credits_earned: Decimal | None = resolved(averages.term_credits, "Credits of the courses passed. " + WHOLE)


@campus_type(record=sis.Origin, data=Data.SENSITIVE, system="sis", purpose=STUDENT, requires="record:read")
class Origin:
    """A course as another institution gave it."""

    institution: str = field("Where it was taken.")
    course_code: str | None = field("Its code there.")
    course_title: str = translated("course_title", "Its title there.")


@campus_type(record=sis.Enrolment, data=Data.SENSITIVE, system="sis", purpose=STUDENT, requires="record:read")
class TransferCredit:
    """Credits brought from another institution: they count towards the degree, and in no average."""

    course_code: str = field("Catalogue code of the course they stand for here.")
    course_title: str = translated("course_title", "Title of the course they stand for here.")
    campus: str = field("Code of the campus that granted them.")
    term_code: str = field("Code of the term they were granted for.")
    credits: Decimal | None = field("How many.")
    origin: Origin | None = field("What was taken where; null where the system does not say.")


@campus_type(record=sis.CreditTransfer, data=Data.SENSITIVE, system="sis", purpose=STUDENT, requires="record:read")
class CreditTransfer:
    """A course of one campus that another recognises. Its credits are earned once, at the campus that taught it."""

    campus: str = field("Code of the campus that recognises it.")
    course_code: str = field("Catalogue code of the course it stands for there.")
    credits: Decimal = field("How many credits.")
    from_campus: str = field("Code of the campus that taught it.")
    from_course_code: str = field("Catalogue code of the course that was taken.")
    from_term_code: str = field("Code of the term in which it was taken.")
    state: TransferState = field("How far it has come.")
    state_label: str = labelled("state", STATE_LABEL, own="state_label")


@campus_type(record=sis.Exchange, data=Data.SENSITIVE, system="sis", purpose=STUDENT, requires="record:read")
class Exchange:
    """A term spent at another institution."""

    institution: str = field("Where.")
    country: str | None = field("ISO 3166-1 code of two letters.")
    term_code: str = field("Code of the term.")
    campus: str = field("Code of the campus that sent the student.")


@campus_type(record=sis.Standing, data=Data.SENSITIVE, system="sis", purpose=STUDENT, requires="record:read")
class Standing:
    """How a campus judges a student's progress in a programme."""

    campus: str = field("Code of the campus.")
    programme_code: str = field("Code of the programme.")
    state: StandingState = field("The judgement.")
    state_label: str = labelled("state", STATE_LABEL, own="state_label")
    since_term: str = field("Code of the term after which it was given.")


@campus_type(record=sis.Hold, data=Data.SENSITIVE, system="sis", purpose=STUDENT, requires="record:read")
class RecordHold:
    """What stands in a student's way at a campus until somebody lifts it."""

    campus: str = field("Code of the campus.")
    reason: str = translated("reason", "Why.")
    since: date = field("First day.")
    contact: str | None = field("Who can lift it.")


@campus_type(record=record.AcademicRecord, data=Data.SENSITIVE, system="sis", purpose=STUDENT, requires="record:read")
class AcademicRecord:
    """A person's one record, whichever campuses it was made at."""

    programmes: Listing[ProgrammeEnrolment] | None = resolved(record.programmes, "Programmes studied, at all campuses.")
    terms: Listing[TermRecord] | None = resolved(record.term_records, "Term by term, the latest first.")
    cumulative_gpa: Decimal | None = resolved(
        averages.cumulative_gpa,
        "Cumulative grade average (CGA) over all terms and campuses, to two decimals; of a repeated course the last "
        "attempt counts, or each, by the rule of the programme. Null where no grade counts. " + WHOLE,
    )
    major_gpa: Decimal | None = resolved(
        averages.major_gpa, "The same over the courses of the major alone (MCGA). " + WHOLE
    )
    credits_earned: Decimal | None = resolved(
        averages.credits_earned, "Credits towards the degree, those from elsewhere included. " + WHOLE
    )
    standing: Listing[Standing] | None = resolved(
        record.standing, "How each campus judges the student's progress; nothing before the first term is over."
    )
    transfer_credits: Listing[TransferCredit] | None = resolved(
        record.transfer_credits, "Credits brought from other institutions."
    )
    exchanges: Listing[Exchange] | None = resolved(record.exchanges, "Terms spent at other institutions.")
    credit_transfers: Listing[CreditTransfer] | None = resolved(
        record.credit_transfers, "Courses of one campus that another recognises."
    )
    enrolment_holds: Listing[RecordHold] | None = resolved(
        record.enrolment_holds, "What keeps the student from enrolling, until it is lifted."
    )
    other_holds: Listing[RecordHold] | None = resolved(
        record.other_holds, "What stands in the way of something else, such as a transcript."
    )


@strawberry.type
class GradeSubscriptions:
    grade_released: News[Result] | None = streamed(
        record.grade_released,
        "The courses for which a grade is out; then each for which one is released or corrected.",
        each=news_told,
        requires="record:read",
        arguments={"resume": RESUME},
    )
