"""Exchange rates, as a monetary authority publishes them."""

from .hkma import Hkma
from .loaders import RatesIndexes
from .records import Price, Rates

PROTOCOLS = {"hkma": Hkma}
"""Wire modules by the name that settings call them."""

__all__ = ["PROTOCOLS", "Hkma", "Price", "Rates", "RatesIndexes"]
