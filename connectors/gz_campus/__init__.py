"""Guangzhou campus: the shuttle, notices, what can be booked, and what a person has there: a room, a campus card."""

from .atom import Atom
from .booking_records import (
    BookingOutcome,
    BookingRefusalReason,
    BookingRefused,
    BookingWish,
    CancellationRefusalReason,
    CancellationRefused,
    SlotTaken,
)
from .booking_rules import cancellation
from .campus_life import LARGEST_NUMBER, CampusLife
from .facility_day import slots
from .facility_records import (
    Booking,
    BookingRules,
    BookingState,
    Closure,
    Facility,
    FacilityKey,
    OpeningHours,
    Slot,
    SlotState,
    SystemDay,
    Taken,
)
from .gtfs import Gtfs
from .librebooking import LibreBooking
from .life_records import (
    CampusCard,
    CardStatus,
    CardTransaction,
    Housing,
    HousingState,
    LossState,
    RentPeriod,
    RoomChange,
    Statement,
    StatementKey,
    TransactionKind,
)
from .live_records import (
    Alert,
    AlertEffect,
    Concern,
    Period,
    PositionReport,
    TripUpdate,
    TripUpdates,
    VehiclePosition,
    VehicleState,
)
from .loaders import (
    AHEAD,
    CampusLifeLoaders,
    FacilityIndexes,
    FacilityLoaders,
    NoticeIndexes,
    ShuttleIndexes,
    ShuttleLoaders,
)
from .records import Crossing, Departure, Route, Stop, StopKey
from .timetable import ShuttleTimetable

PROTOCOLS = {"atom": Atom, "gtfs": Gtfs, "campus_life": CampusLife, "librebooking": LibreBooking}
"""Wire modules by the name that settings call them."""

__all__ = [
    "AHEAD",
    "LARGEST_NUMBER",
    "PROTOCOLS",
    "Alert",
    "AlertEffect",
    "Atom",
    "Booking",
    "BookingOutcome",
    "BookingRefusalReason",
    "BookingRefused",
    "BookingRules",
    "BookingState",
    "BookingWish",
    "CampusCard",
    "CampusLife",
    "CampusLifeLoaders",
    "CancellationRefusalReason",
    "CancellationRefused",
    "CardStatus",
    "CardTransaction",
    "Closure",
    "Concern",
    "Crossing",
    "Departure",
    "Facility",
    "FacilityIndexes",
    "FacilityKey",
    "FacilityLoaders",
    "Gtfs",
    "Housing",
    "HousingState",
    "LibreBooking",
    "LossState",
    "NoticeIndexes",
    "OpeningHours",
    "Period",
    "PositionReport",
    "RentPeriod",
    "RoomChange",
    "Route",
    "ShuttleIndexes",
    "ShuttleLoaders",
    "ShuttleTimetable",
    "Slot",
    "SlotState",
    "SlotTaken",
    "Statement",
    "StatementKey",
    "Stop",
    "StopKey",
    "SystemDay",
    "Taken",
    "TransactionKind",
    "TripUpdate",
    "TripUpdates",
    "VehiclePosition",
    "VehicleState",
    "cancellation",
    "slots",
]
