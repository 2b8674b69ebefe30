"""What a reader changes at the libraries."""

from typing import Annotated

import strawberry

from connectors import library
from connectors.library import CancellationRefusal, HoldRefusal, RenewalRefusal
from resolvers import library_changes as resolvers

from .cards import Data
from .changes import KEY, InvalidInput
from .enums import STATE_LABEL, described
from .fields import campus_type, field, global_id_of, input_type, labelled, resolved
from .library import READER, Hold, Loan
from .node import Listing

WRITE = "library:write"

described(
    HoldRefusal,
    "Why a book is not kept for a reader.",
    {
        "ALREADY_REQUESTED": "The reader waits for it already.",
        "ALREADY_BORROWED": "The reader has it.",
        "TOO_MANY_HOLDS": "The reader waits for as many as one may.",
        "READER_BLOCKED": "The reader's account is restricted, has run out, or owes too much.",
        "NOT_REQUESTABLE": "The library has no copy that can be kept for somebody.",
        "NOT_AT_THIS_PLACE": "It cannot be fetched at this place.",
        "NO_ACCOUNT": "The viewer is no reader of this library.",
        "OTHER": "Something else: see `reasonLabel`.",
    },
)
described(
    CancellationRefusal,
    "Why a hold is not cancelled.",
    {
        "GONE": "It is not there any longer: fetched, run out, or cancelled before.",
        "NOT_ALLOWED": "The library does not let it be cancelled from outside.",
        "OTHER": "Something else: see `reasonLabel`.",
    },
)
input_type(
    resolvers.HoldInput,
    {
        "edition": "Global id of the book, as `catalogue` gave it.",
        "campus": "Code of the campus whose library is asked.",
        "pickup_location": "Code of the branch where it will be fetched, as `pickupLocations` tells it.",
    },
)


@campus_type(record=library.PickupLocation, data=Data.PUBLIC, system="library")
class PickupLocation:
    """A branch where what was asked for can be fetched."""

    campus: str = field("Code of the campus whose library it is.")
    code: str = field("Its code, for `placeHold`.")
    name: str = field("Its name, in the library's own words.")


@campus_type(
    record=library.Renewed, data=Data.PERSONAL, system="library", purpose=READER, requires=WRITE, in_union=True
)
class LoanRenewed:
    """The loan is due later, or as late as it was."""

    id: strawberry.ID = global_id_of("Loan")
    loan: Loan = field("The loan, as it is since.")


@campus_type(
    record=library.NotRenewed, data=Data.PERSONAL, system="library", purpose=READER, requires=WRITE, in_union=True
)
class LoanNotRenewable:
    """The library does not renew it; nothing has changed."""

    id: strawberry.ID = global_id_of("Loan")
    reason: RenewalRefusal | None = field("Why not; null where the library does not say.")
    reason_label: str | None = labelled("reason", STATE_LABEL, own="reason_label", nullable=True)


@campus_type(
    record=resolvers.RenewalUnanswered,
    data=Data.PERSONAL,
    system="library",
    purpose=READER,
    requires=WRITE,
    in_union=True,
)
class RenewalUnanswered:
    """The library did not say what became of it; an error at the same place says the same."""

    id: strawberry.ID = global_id_of("Loan")
    system: str = field("Id of the system, as `systems` lists it.")
    code: str = field("As the error's code.")
    retry_after: float | None = field("Seconds after which asking again may help; null where nobody knows.")
    unsettled: bool = field("Whether it may have been renewed for all we know.")


RenewalOutcome = Annotated[
    LoanRenewed | LoanNotRenewable | RenewalUnanswered,
    strawberry.union("RenewalOutcome", description="What became of one loan."),
]


@campus_type(
    record=resolvers.LoansRenewed, data=Data.PERSONAL, system="library", purpose=READER, requires=WRITE, in_union=True
)
class LoansRenewed:
    """What became of each loan."""

    outcomes: list[RenewalOutcome] = field("One for each that was asked for, in the same order.")


@campus_type(
    record=resolvers.HoldPlaced, data=Data.PERSONAL, system="library", purpose=READER, requires=WRITE, in_union=True
)
class HoldPlaced:
    """The library keeps a copy as soon as there is one."""

    hold: Hold | None = field("The hold, as it is now; null if this is a repeat, and it is gone since.")


@campus_type(
    record=resolvers.HoldNotPlaced, data=Data.PERSONAL, system="library", purpose=READER, requires=WRITE, in_union=True
)
class HoldNotPlaced:
    """The library keeps none; nothing has changed."""

    reason: HoldRefusal = field("Why not.")
    reason_label: str = labelled("reason", STATE_LABEL, own="reason_label")


@campus_type(
    record=library.HoldCancelled, data=Data.PERSONAL, system="library", purpose=READER, requires=WRITE, in_union=True
)
class HoldCancelled:
    """The library knows that it is not wanted any longer."""

    id: strawberry.ID = global_id_of("Hold")
    pending: bool = field("Whether the library has yet to decide, as of what lies ready; until then the hold stands.")


@campus_type(
    record=library.HoldNotCancelled, data=Data.PERSONAL, system="library", purpose=READER, requires=WRITE, in_union=True
)
class HoldNotCancelled:
    """Nothing has changed."""

    id: strawberry.ID = global_id_of("Hold")
    reason: CancellationRefusal = field("Why not.")
    reason_label: str = labelled("reason", STATE_LABEL, own="reason_label")


RenewLoansResult = Annotated[
    LoansRenewed | InvalidInput, strawberry.union("RenewLoansResult", description="What came of `renewLoans`.")
]
PlaceHoldResult = Annotated[
    HoldPlaced | HoldNotPlaced | InvalidInput,
    strawberry.union("PlaceHoldResult", description="What came of `placeHold`."),
]
CancelHoldResult = Annotated[
    HoldCancelled | HoldNotCancelled | InvalidInput,
    strawberry.union("CancelHoldResult", description="What came of `cancelHold`."),
]


@strawberry.type
class PickupQueries:
    pickup_locations: Listing[PickupLocation] | None = resolved(
        resolvers.pickup_locations,
        "The branches where holds can be fetched, by library.",
        arguments={"campus": "Code of a campus; all, if left out."},
    )


@strawberry.type
class LibraryMutations:
    renew_loans: RenewLoansResult | None = resolved(
        resolvers.renew_loans,
        "Asks the libraries to lend for longer, up to 100 loans of one's own; each is renewed or not by itself.",
        requires=WRITE,
        arguments={"loans": "Global ids of the loans."},
    )
    place_hold: PlaceHoldResult | None = resolved(
        resolvers.place_hold,
        "Asks the library of a campus to keep a copy of a book, as soon as there is one.",
        requires=WRITE,
        arguments={"input": "The book, and where it will be fetched.", "idempotencyKey": KEY},
    )
    cancel_hold: CancelHoldResult | None = resolved(
        resolvers.cancel_hold,
        "Tells the library that a hold of one's own is not wanted any longer.",
        requires=WRITE,
        arguments={"hold": "Global id of the hold."},
    )
