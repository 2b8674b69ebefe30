"""Libraries: what they hold, what a reader has borrowed, asked for and owes, and what a reader changes of it."""

from .alma import Alma
from .catalogue_loaders import CatalogueKey, CatalogueLoaders
from .catalogue_records import Entries, Entry, Holding, HoldingState
from .change_records import (
    CancellationRefusal,
    HoldCancelled,
    HoldNotCancelled,
    HoldRefusal,
    HoldRefused,
    NotRenewed,
    PickupLocation,
    Renewed,
)
from .e_resource_records import EResource, EResourceKind, LicenceTerms
from .indexes import LibraryIndexes
from .koha import Koha
from .loaders import LibraryLoaders, LoanKey
from .records import Fine, Hold, HoldState, Loan, Renewable, RenewalRefusal
from .sru import Sru

PROTOCOLS = {"alma": Alma, "sru": Sru, "koha": Koha}
"""Wire modules by the name that settings call them."""

__all__ = [
    "PROTOCOLS",
    "Alma",
    "CancellationRefusal",
    "CatalogueKey",
    "CatalogueLoaders",
    "EResource",
    "EResourceKind",
    "Entries",
    "Entry",
    "Fine",
    "Hold",
    "HoldCancelled",
    "HoldNotCancelled",
    "HoldRefusal",
    "HoldRefused",
    "HoldState",
    "Holding",
    "HoldingState",
    "Koha",
    "LibraryIndexes",
    "LibraryLoaders",
    "LicenceTerms",
    "Loan",
    "LoanKey",
    "NotRenewed",
    "PickupLocation",
    "Renewable",
    "RenewalRefusal",
    "Renewed",
    "Sru",
]
