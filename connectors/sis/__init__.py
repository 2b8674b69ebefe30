"""Student records: terms, courses, sections, persons, and what each person studies."""

from .loaders import SisIndexes, SisLoaders
from .oeapi import Oeapi
from .records import (
    Advisee,
    Contacts,
    Course,
    CourseKey,
    EmergencyContact,
    Enrolment,
    EnrolmentState,
    Identity,
    Meeting,
    Person,
    PostalAddress,
    ProgrammeEnrolment,
    ReservedQuota,
    Seat,
    Section,
    SectionKey,
    Term,
    TermCatalogue,
    TermKey,
)

PROTOCOLS = {"oeapi": Oeapi}
"""Wire modules by the name that settings call them."""

__all__ = [
    "PROTOCOLS",
    "Advisee",
    "Contacts",
    "Course",
    "CourseKey",
    "EmergencyContact",
    "Enrolment",
    "EnrolmentState",
    "Identity",
    "Meeting",
    "Oeapi",
    "Person",
    "PostalAddress",
    "ProgrammeEnrolment",
    "ReservedQuota",
    "Seat",
    "Section",
    "SectionKey",
    "SisIndexes",
    "SisLoaders",
    "Term",
    "TermCatalogue",
    "TermKey",
]
