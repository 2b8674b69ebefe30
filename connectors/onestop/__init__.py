"""One Stop: services, applications and tickets."""

from .flowable import Flowable
from .loaders import ApplicationKey, OneStopIndexes, OneStopLoaders
from .records import (
    Application,
    ApplicationState,
    ApplicationTab,
    Milestone,
    Service,
    ServiceKey,
    ServiceStep,
    Step,
    StepState,
    Ticket,
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
    "Flowable",
    "Milestone",
    "OneStopIndexes",
    "OneStopLoaders",
    "RequestTracker",
    "Service",
    "ServiceKey",
    "ServiceStep",
    "Step",
    "StepState",
    "Ticket",
    "TicketStatus",
]
