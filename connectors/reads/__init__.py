"""Many askers: one loader per operation, one index per public collection."""

from .index import Index, system_of
from .keys import AccountKey, one_call_each, settled
from .loader import LoadAbortedError, Loader

__all__ = ["AccountKey", "Index", "LoadAbortedError", "Loader", "one_call_each", "settled", "system_of"]
