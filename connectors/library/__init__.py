"""Libraries: what a reader has borrowed, asked for and owes."""

from .alma import Alma
from .loaders import LibraryLoaders
from .records import Fine, Hold, HoldState, Loan, Renewable

PROTOCOLS = {"alma": Alma}
"""Wire modules by the name that settings call them."""

__all__ = ["PROTOCOLS", "Alma", "Fine", "Hold", "HoldState", "LibraryLoaders", "Loan", "Renewable"]
