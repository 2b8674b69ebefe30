"""Many askers: loaders joined by all who ask at once, one index per public collection, one live thing for followers."""

from .cache import HOUR, MINUTE, Cache, Held, Lifetime
from .caches import Caches
from .declared import lasting
from .either import either
from .follower import FellBehind
from .holding import STATE_LENGTH, Holding, state_of
from .hub import Hub, Relay
from .index import Index
from .joined import Audience, Joined, JoinedLoader, Loaders, Loads, alone, one_call_each
from .joining import Joining
from .kept import Kept, kept_for_everybody
from .keys import AccountKey, settled, system_of
from .live import Live, Poll
from .loader import LoadAbortedError, Loader
from .part import Part, PartLoader
from .personal import Personal
from .reading import Reading, Stale
from .said import Said
from .watching import Watching

__all__ = [
    "HOUR",
    "MINUTE",
    "STATE_LENGTH",
    "AccountKey",
    "Audience",
    "Cache",
    "Caches",
    "FellBehind",
    "Held",
    "Holding",
    "Hub",
    "Index",
    "Joined",
    "JoinedLoader",
    "Joining",
    "Kept",
    "Lifetime",
    "Live",
    "LoadAbortedError",
    "Loader",
    "Loaders",
    "Loads",
    "Part",
    "PartLoader",
    "Personal",
    "Poll",
    "Reading",
    "Relay",
    "Said",
    "Stale",
    "Watching",
    "alone",
    "either",
    "kept_for_everybody",
    "lasting",
    "one_call_each",
    "settled",
    "state_of",
    "system_of",
]
