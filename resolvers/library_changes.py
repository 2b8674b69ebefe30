"""What a reader changes: loans that are kept longer, titles that are waited for, and what is not wanted any longer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import strawberry
from graphql import GraphQLError

from campus.ids import GlobalId
from campus.labels import Message
from campus.problem import InvalidInput, Problem
from campus.record import Record
from connectors import library, portal
from connectors.library import CatalogueKey, Entry, HoldRefusal
from connectors.reads import AccountKey, settled
from connectors.wire import UpstreamError

from .access import check_owner
from .changes import afterwards, invalid, once
from .context import Info
from .editions import BY_ISBN
from .merged import Merged, merged
from .nodes import id_in

MOST_LOANS = 100
"""Loans that one request may renew."""


@dataclass
class HoldInput:
    """A book to be kept for the reader."""

    edition: strawberry.ID
    campus: str
    pickup_location: str


class RenewalUnanswered(Record, frozen=True):
    """A loan of which the library did not say what became."""

    system: str
    owner: str
    id: str
    code: str
    retry_after: float | None
    unsettled: bool


Outcome = library.Renewed | library.NotRenewed | RenewalUnanswered


class LoansRenewed(Record, frozen=True):
    outcomes: Sequence[Outcome]


class HoldPlaced(Record, frozen=True):
    hold: library.Hold | None


class HoldNotPlaced(Record, frozen=True):
    reason: HoldRefusal
    reason_label: str | None


class AskedHold(Record, frozen=True):
    """What is kept of it."""

    system: str
    number: str | None
    refused: library.HoldRefused | None


async def pickup_locations(info: Info, campus: str | None = None) -> Merged[library.PickupLocation] | None:
    async def of(system: str) -> Sequence[library.PickupLocation]:
        return await _places(info, system)

    systems = info.context.campus.answering("pickup_locations", campus)
    return await merged(info, {system: of(system) for system in systems})


async def renew_loans(info: Info, loans: list[strawberry.ID]) -> LoansRenewed | InvalidInput | None:
    """Each by itself. Whose they are is settled before the first of them is renewed."""
    if not 1 <= len(loans) <= MOST_LOANS:
        return invalid("loans", message=Message("1 to {most} loans at once.", {"most": MOST_LOANS}))
    wanted = [id_in(info, loan)[0] for loan in loans]
    systems = info.context.campus.answering("renew")
    problems = [
        Problem(path=["loans", str(place)], message=Message("This is no id of a loan."))
        for place, each in enumerate(wanted)
        if each.type != "Loan" or each.system not in systems
    ]
    if problems:
        return InvalidInput(problems=problems)
    asked: dict[AccountKey, list[str]] = {}
    for each in dict.fromkeys(wanted):
        owner, number = each.key
        asked.setdefault(AccountKey(each.system, owner), []).append(number)
    for reader in asked:
        await check_owner(info, reader.system, reader.account)
    answers = await settled(
        info.context.apart(reader.system).renew(reader.account, numbers) for reader, numbers in asked.items()
    )
    told: dict[GlobalId, Outcome | Exception] = {}
    for (reader, numbers), answer in zip(asked.items(), answers, strict=True):
        info.context.changed(reader.system)
        each_of = [answer] * len(numbers) if isinstance(answer, Exception) else answer
        for number, outcome in zip(numbers, each_of, strict=True):
            told[GlobalId("Loan", reader.system, (reader.account, number))] = outcome
    return LoansRenewed(outcomes=[_outcome(info, place, each, told[each]) for place, each in enumerate(wanted)])


def _outcome(info: Info, place: int, loan: GlobalId, outcome: Outcome | Exception) -> Outcome:
    """What failed is told twice, like a part of a list that is missing: here, and as an error at its place."""
    if not isinstance(outcome, Exception):
        return outcome
    if not isinstance(outcome, UpstreamError):
        raise outcome
    path = [*info.path.as_list(), "outcomes", place]
    info.context.late_errors.append(GraphQLError(str(outcome), path=path, original_error=outcome))
    owner, number = loan.key
    return RenewalUnanswered(
        system=loan.system,
        owner=owner,
        id=number,
        code=outcome.code,
        retry_after=outcome.retry_after,
        unsettled=outcome.unsettled,
    )


async def place_hold(
    info: Info, input: HoldInput, idempotency_key: str | None = None
) -> HoldPlaced | HoldNotPlaced | InvalidInput | None:
    """At the library of one campus. What a repeat with the same key is told is what the first one was told."""
    edition, _ = id_in(info, input.edition)
    catalogues = _catalogues(info, input.campus)
    if edition.type != "Edition":
        return invalid("input", "edition", message=Message("This is no id of an edition."))
    if not catalogues:
        return invalid("input", "campus", message=Message("No library of this campus takes holds."))
    asked = [input.edition, input.campus, input.pickup_location]
    made = await once(info, "placeHold", idempotency_key, asked, _attempt(info, input, edition, catalogues))
    if not isinstance(made, AskedHold):
        return made
    if made.refused:
        return HoldNotPlaced(reason=made.refused.reason, reason_label=made.refused.reason_label)
    info.context.changed(made.system)  # which of several libraries it is, was found on the way
    return HoldPlaced(hold=await afterwards(_placed(info, made)))


def _attempt(
    info: Info, input: HoldInput, edition: GlobalId, catalogues: Mapping[str, str]
) -> portal.Attempt[AskedHold, HoldNotPlaced | InvalidInput]:
    """No library has a place for the mark: the reader's hold on that title tells, of which there is one at most."""
    systems = list(catalogues.values())
    desks = {system: info.context.apart(system) for system in systems}

    async def send(_: str) -> AskedHold | HoldNotPlaced | InvalidInput:
        if problem := await _of_place(info, input, catalogues):
            return problem
        title = await _title(info, edition, catalogues)
        if isinstance(title, HoldNotPlaced):
            return title
        reader, record = title
        outcome = await desks[reader.system].place_hold(reader.account, record, input.pickup_location)
        refused = isinstance(outcome, library.HoldRefused)
        return AskedHold(
            system=reader.system, number=None if refused else outcome, refused=outcome if refused else None
        )

    async def find(_: str) -> AskedHold | None:
        title = await _title(info, edition, catalogues)
        if isinstance(title, HoldNotPlaced):
            return None
        reader, record = title
        hold = await desks[reader.system].hold_on(reader.account, record)
        return AskedHold(system=reader.system, number=hold.id, refused=None) if hold else None

    limit = max(info.context.campus.upstreams[system].change_limit for system in systems)
    return portal.Attempt(systems[0], AskedHold, send, find, limit)


async def _title(
    info: Info, edition: GlobalId, catalogues: Mapping[str, str]
) -> tuple[AccountKey, str] | HoldNotPlaced:
    """Who asks at which library, and its number for the title."""
    entry = await _entry(info, edition, list(catalogues))
    if entry is None:
        return HoldNotPlaced(reason=HoldRefusal.NOT_REQUESTABLE, reason_label=None)
    system = catalogues[entry.system]
    account = await info.context.accounts.name(system)
    if account is None:
        return HoldNotPlaced(reason=HoldRefusal.NO_ACCOUNT, reason_label=None)
    return AccountKey(system, account), entry.id


async def _placed(info: Info, made: AskedHold) -> library.Hold | None:
    """As the library has it now; None where it is gone."""
    account = await info.context.accounts.name(made.system)
    holds = await info.context.library.holds_by_account.load(AccountKey(made.system, account)) if account else None
    return next((hold for hold in holds or () if hold.id == made.number), None)


async def _of_place(info: Info, input: HoldInput, catalogues: Mapping[str, str]) -> InvalidInput | None:
    known = [place.code for system in set(catalogues.values()) for place in await _places(info, system)]
    if input.pickup_location in known:
        return None
    words = Message("No such place; there are {known}.", {"known": ", ".join(known)})
    return invalid("input", "pickupLocation", message=words)


async def cancel_hold(
    info: Info, hold: strawberry.ID
) -> library.HoldCancelled | library.HoldNotCancelled | InvalidInput | None:
    wanted, _ = id_in(info, hold)
    if wanted.type != "Hold" or wanted.system not in info.context.campus.answering("cancel_hold"):
        return invalid("hold", message=Message("This is no id of a hold."))
    owner, number = wanted.key
    await check_owner(info, wanted.system, owner)
    outcome: library.HoldCancelled | library.HoldNotCancelled = await info.context.apart(wanted.system).cancel_hold(
        owner, number
    )
    info.context.changed(wanted.system)
    return outcome


def _catalogues(info: Info, code: str) -> Mapping[str, str]:
    """Catalogues of a campus, and the library that keeps what each of them lists.

    A catalogue that is a system of its own has the record numbers of the library beside it.
    """
    campus = info.context.campus
    lending = campus.answering("place_hold", code)
    listing = campus.answering("entries", code)
    beside = next((system for system in lending if system not in listing), None)
    pairs = {system: system if system in lending else beside for system in listing}
    return {catalogue: system for catalogue, system in pairs.items() if system is not None}


async def _entry(info: Info, edition: GlobalId, catalogues: Sequence[str]) -> Entry | None:
    """The campus's record of an edition: one that has copies of paper, if any of them says so."""
    loaders = info.context.catalogue
    (word,) = edition.key
    entries: list[Entry] = []
    for system in catalogues:
        if edition.system == BY_ISBN:
            entries += await loaders.entries_by_isbn.load(CatalogueKey(system, word))
        elif edition.system == system:
            entry = await loaders.entry_by_id.load(CatalogueKey(system, word))
            entries += [entry] if entry else []
    return next((entry for entry in entries if any(each.copies for each in entry.holdings)), next(iter(entries), None))


async def _places(info: Info, system: str) -> list[library.PickupLocation]:
    return await info.context.collection(info.context.indexes.library.pickup_locations, system)
