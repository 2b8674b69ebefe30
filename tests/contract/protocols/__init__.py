"""Every protocol, once: whoever adds a wire module adds its case here, and gets the whole suite.

A case goes into the file of its kind. To add FOLIO for libraries, imitate `ALMA` in `library.py` and list it below:

    "library": {"alma": ALMA, "folio": FOLIO},

The suite is `tests/contract/test_every_protocol.py` and `tests/contract/test_wire_nonsense.py`; `case.py` says what a
case must tell.
"""

from collections.abc import Mapping

from .case import Case, Endpoint, Held, Lacks, Word
from .gz_campus import ATOM, CAMPUS_LIFE, GTFS, LIBREBOOKING
from .library import ALMA, KOHA, SRU
from .onestop import FLOWABLE, REQUEST_TRACKER
from .rates import HKMA
from .sis import CLASS_SCHEDULE, OEAPI

CASES: Mapping[str, Mapping[str, Case]] = {
    "sis": {"oeapi": OEAPI, "class_schedule": CLASS_SCHEDULE},
    "library": {"alma": ALMA, "sru": SRU, "koha": KOHA},
    "onestop": {"flowable": FLOWABLE, "request_tracker": REQUEST_TRACKER},
    "gz_campus": {"atom": ATOM, "gtfs": GTFS, "campus_life": CAMPUS_LIFE, "librebooking": LIBREBOOKING},
    "rates": {"hkma": HKMA},
}
"""Kind of system -> protocol -> case, as `resolvers.context.PROTOCOLS`."""

BY_PROTOCOL: Mapping[str, Case] = {name: case for cases in CASES.values() for name, case in cases.items()}

ENDPOINTS: Mapping[str, tuple[str, str, Endpoint]] = {
    f"{protocol}.{name}": (protocol, name, endpoint)
    for protocol, case in BY_PROTOCOL.items()
    for name, endpoint in case.endpoints.items()
    if isinstance(endpoint, Endpoint)
}
"""alma.loans -> alma, loans, what the suite is told of it."""

__all__ = ["BY_PROTOCOL", "CASES", "ENDPOINTS", "Case", "Endpoint", "Held", "Lacks", "Word"]
