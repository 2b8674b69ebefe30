"""A reader's lists, each asked at most once per operation."""

from collections.abc import Callable

from connectors.reads import one_call_each

from .alma import Alma


class LibraryLoaders:
    """Keys name a reader's account in one library; a library that does not know it answers None."""

    def __init__(self, ask: Callable[[str], Alma]) -> None:
        self.loans_by_account = one_call_each(ask, Alma.loans)
        self.holds_by_account = one_call_each(ask, Alma.holds)
        self.fines_by_account = one_call_each(ask, Alma.fines)
