"""One Stop: services, applications and tickets."""

from .application_records import ApplicationWish, FileWish, SlotLost, SlotWish
from .flowable import Flowable
from .flowable_form import check_form
from .followed import OneStopFollowed
from .loaders import ApplicationKey, OneStopIndexes, OneStopLoaders, TicketEventKey, TicketKey
from .records import (
    Application,
    ApplicationState,
    ApplicationTab,
    Attachment,
    Collection,
    Milestone,
    NewTicket,
    Service,
    ServiceFile,
    ServiceKey,
    ServiceSlot,
    ServiceStep,
    Step,
    StepState,
    Ticket,
    TicketActor,
    TicketEvent,
    TicketEventKind,
    TicketPriority,
    TicketQueue,
    TicketStatus,
)
from .request_tracker import RequestTracker

PROTOCOLS = {"flowable": Flowable, "request_tracker": RequestTracker}
"""Wire modules by the name that settings call them."""

__all__ = [
    "PROTOCOLS",
    "Application",
    "ApplicationKey",
    "ApplicationState",
    "ApplicationTab",
    "ApplicationWish",
    "Attachment",
    "Collection",
    "FileWish",
    "Flowable",
    "Milestone",
    "NewTicket",
    "OneStopFollowed",
    "OneStopIndexes",
    "OneStopLoaders",
    "RequestTracker",
    "Service",
    "ServiceFile",
    "ServiceKey",
    "ServiceSlot",
    "ServiceStep",
    "SlotLost",
    "SlotWish",
    "Step",
    "StepState",
    "Ticket",
    "TicketActor",
    "TicketEvent",
    "TicketEventKey",
    "TicketEventKind",
    "TicketKey",
    "TicketPriority",
    "TicketQueue",
    "TicketStatus",
    "check_form",
]
