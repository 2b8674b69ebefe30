"""The phases of an academic year."""

import enum


class AcademicPhase(enum.Enum):
    BEFORE_TERM = "BEFORE_TERM"
    ADD_DROP = "ADD_DROP"
    TEACHING = "TEACHING"
    STUDY_BREAK = "STUDY_BREAK"
    EXAMINATIONS = "EXAMINATIONS"
    BETWEEN_TERMS = "BETWEEN_TERMS"
