"""Student records: terms, courses, sections, persons, and what each person studies."""

from .calendar import CalendarEvent, CalendarKind, school_days
from .class_schedule import ClassSchedule
from .exams import Exam, Exams
from .followed import SisFollowed
from .loaders import SisIndexes, SisLoaders
from .oeapi import Oeapi
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
from .records import (
    CampusMeeting,
    Course,
    CourseAttribute,
    CourseKey,
    CourseLevel,
    Gap,
    Meeting,
    ReservedQuota,
    Section,
    SectionKey,
    Term,
    TermCatalogue,
    TermKey,
)
from .searchable import CourseWish, SearchableCatalogue, searchable
from .study_records import (
    Assessment,
    CreditTransfer,
    Enrolment,
    EnrolmentState,
    Exchange,
    Origin,
    ProgrammeEnrolment,
    Seat,
    Standing,
    StandingState,
    TransferState,
)

PROTOCOLS = {"oeapi": Oeapi, "class_schedule": ClassSchedule}
"""Wire modules by the name that settings call them."""

__all__ = [
    "PROTOCOLS",
    "Account",
    "Advisee",
    "Advisor",
    "Assessment",
    "CalendarEvent",
    "CalendarKind",
    "CampusMeeting",
    "Charge",
    "ClassSchedule",
    "Contacts",
    "Course",
    "CourseAttribute",
    "CourseKey",
    "CourseLevel",
    "CourseWish",
    "CreditTransfer",
    "EmergencyContact",
    "Enrolment",
    "EnrolmentState",
    "Exam",
    "Exams",
    "Exchange",
    "Gap",
    "Hold",
    "Identity",
    "Meeting",
    "Oeapi",
    "Origin",
    "Payment",
    "PaymentMethod",
    "Person",
    "ProgrammeEnrolment",
    "ReservedQuota",
    "SearchableCatalogue",
    "Seat",
    "Section",
    "SectionKey",
    "SisFollowed",
    "SisIndexes",
    "SisLoaders",
    "Standing",
    "StandingState",
    "Term",
    "TermCatalogue",
    "TermKey",
    "TransferState",
    "school_days",
    "searchable",
]
