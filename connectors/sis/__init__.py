"""Student records: terms, courses, sections, persons, and what each person studies."""

from .class_schedule import ClassSchedule
from .loaders import SisIndexes, SisLoaders
from .oeapi import Oeapi
from .records import (
    Advisee,
    Contacts,
    Course,
    CourseAttribute,
    CourseKey,
    CourseLevel,
    EmergencyContact,
    Enrolment,
    EnrolmentState,
    Gap,
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
from .searchable import CourseWish, SearchableCatalogue, searchable

PROTOCOLS = {"oeapi": Oeapi, "class_schedule": ClassSchedule}
"""Wire modules by the name that settings call them."""

__all__ = [
    "PROTOCOLS",
    "Advisee",
    "ClassSchedule",
    "Contacts",
    "Course",
    "CourseAttribute",
    "CourseKey",
    "CourseLevel",
    "CourseWish",
    "EmergencyContact",
    "Enrolment",
    "EnrolmentState",
    "Gap",
    "Identity",
    "Meeting",
    "Oeapi",
    "Person",
    "PostalAddress",
    "ProgrammeEnrolment",
    "ReservedQuota",
    "SearchableCatalogue",
    "Seat",
    "Section",
    "SectionKey",
    "SisIndexes",
    "SisLoaders",
    "Term",
    "TermCatalogue",
    "TermKey",
    "searchable",
]
