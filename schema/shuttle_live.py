"""Where the buses are, and what is out of the ordinary."""

from datetime import datetime

from connectors import gz_campus
from connectors.gz_campus import AlertEffect, VehicleState
from resolvers import shuttle_live

from .cards import Data
from .enums import LABEL, described
from .fields import campus_type, field, labelled, resolved, translated

described(
    AlertEffect,
    "What something out of the ordinary does to a shuttle.",
    {
        "NO_SERVICE": "Nothing runs.",
        "REDUCED_SERVICE": "Less runs than by the timetable.",
        "SIGNIFICANT_DELAYS": "It takes much longer.",
        "DETOUR": "It goes another way.",
        "ADDITIONAL_SERVICE": "More runs than by the timetable.",
        "MODIFIED_SERVICE": "It runs in another way than by the timetable.",
        "STOP_MOVED": "The stop is somewhere else.",
        "NO_EFFECT": "Nothing that one would notice.",
        "ACCESSIBILITY_ISSUE": "Not everybody can get there or on.",
        "OTHER": "Something else: see `header`.",
    },
)
described(
    VehicleState,
    "How a bus stands to its next stop.",
    {"INCOMING_AT": "It is about to arrive.", "STOPPED_AT": "It stands there.", "IN_TRANSIT_TO": "It is on its way."},
)


@campus_type(record=gz_campus.Period, data=Data.PUBLIC, system="gz_campus")
class AlertPeriod:
    """A time in which an alert holds."""

    starts: datetime | None = field("From when on; null where it always has.")
    ends: datetime | None = field("Until when; null where nobody knows.")


@campus_type(record=gz_campus.Alert, data=Data.PUBLIC, system="gz_campus")
class ShuttleAlert:
    """Something out of the ordinary that the operator tells of."""

    header: str = translated("header", "In a few words.")
    description: str | None = resolved(
        shuttle_live.description, "In more words, where there are any.", language=shuttle_live.description_language
    )
    url: str | None = resolved(shuttle_live.url, "Page that tells more.")
    effect: AlertEffect = field("What it does.")
    effect_label: str = labelled("effect", LABEL)
    periods: list[AlertPeriod] = field("When it holds; empty for as long as it is told.")
