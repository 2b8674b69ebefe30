"""What clients are told when something fails: exceptions in, a closed list of codes out, everything else masked."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import ceil
from typing import Any

from graphql import FieldNode, GraphQLError

from campus.labels import Message, Told
from campus.text import ENGLISH
from campus.upload import FileRefused
from connectors.reads import FellBehind
from connectors.wire.errors import UpstreamError
from resolvers.refusals import Refusal

log = logging.getLogger("gateway.errors")


class Code(StrEnum):
    """Every code an answer may carry in `extensions.code`."""

    BAD_REQUEST = "BAD_REQUEST"
    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    STEP_UP_REQUIRED = "STEP_UP_REQUIRED"
    CONSENT_REQUIRED = "CONSENT_REQUIRED"
    NOT_FOUND = "NOT_FOUND"
    CONFLICT = "CONFLICT"
    RATE_LIMITED = "RATE_LIMITED"
    QUERY_TOO_COMPLEX = "QUERY_TOO_COMPLEX"
    DOCUMENT_NOT_FOUND = "DOCUMENT_NOT_FOUND"
    UPSTREAM_UNAVAILABLE = "UPSTREAM_UNAVAILABLE"
    UPSTREAM_TIMEOUT = "UPSTREAM_TIMEOUT"
    UPSTREAM_RATE_LIMITED = "UPSTREAM_RATE_LIMITED"
    UPSTREAM_MAINTENANCE = "UPSTREAM_MAINTENANCE"
    UPSTREAM_BAD_RESPONSE = "UPSTREAM_BAD_RESPONSE"
    INTERNAL = "INTERNAL"


REFUSING = frozenset({Code.UNAUTHENTICATED, Code.FORBIDDEN, Code.STEP_UP_REQUIRED, Code.CONSENT_REQUIRED})
"""What is said to viewers who may not see something."""

MASKED = Message("Something went wrong on our side.")

FELL_BEHIND = Message("There were more news than may wait for one subscription; subscribe again.")

LONGEST_SENTENCE = 1_000
"""Characters of what is said of a document."""

UPSTREAM_WORDS: Mapping[Code, Message] = {
    Code.UPSTREAM_UNAVAILABLE: Message("{system} cannot be reached at the moment."),
    Code.UPSTREAM_TIMEOUT: Message("{system} did not answer in time."),
    Code.UPSTREAM_RATE_LIMITED: Message("{system} is asked too often at the moment."),
    Code.UPSTREAM_MAINTENANCE: Message("{system} is closed for maintenance."),
    Code.UPSTREAM_BAD_RESPONSE: Message("{system} gave an answer that cannot be used."),
    Code.CONFLICT: Message("More than one account in {system} could be the viewer's, so none is used."),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One error as a client may see it."""

    code: Code
    message: Message | str
    """A string is somebody else's sentence, in English: graphql-core's, on documents and values."""
    locations: Sequence[tuple[int, int]] = ()
    """Line and column in the document, from 1."""
    path: Sequence[str | int] = ()
    system: str = ""
    """Id of the system, or issuer, that failed us."""
    retry_after: float | None = None
    """Seconds."""
    unsettled: bool = False
    """Nobody knows whether what was to be changed was."""

    def told(self, correlation_id: str, campus_of: Mapping[str, str], language: str) -> dict[str, Any]:
        """The error as the GraphQL specification writes it (section 7.1.2): new for each answer, so none is shared.

        `extensions.language` is there where the message could not be told in that language.
        """
        said = Told(self.message, ENGLISH) if isinstance(self.message, str) else self.message.told(language)
        error: dict[str, Any] = {"message": said.text}
        if self.locations:
            error["locations"] = [{"line": line, "column": column} for line, column in self.locations]
        if self.path:
            error["path"] = list(self.path)
        extensions: dict[str, Any] = {"code": self.code.value, "correlationId": correlation_id}
        if self.system:
            extensions["system"] = self.system
        if campus := campus_of.get(self.system):
            extensions["campus"] = campus
        if self.retry_after is not None:
            extensions["retryAfter"] = ceil(self.retry_after)
        if self.unsettled:
            extensions["unsettled"] = True
        if said.language != language:
            extensions["language"] = said.language
        return {**error, "extensions": extensions}


@dataclass(eq=False)
class RequestRefused(Exception):
    """The request ends here: errors, and no `data`."""

    faults: Sequence[Fault]
    status: int = 400
    well_formed: bool = False
    """It was a GraphQL request, but its document or variables fail: such an answer has status 200 when the client
    takes nothing but application/json (GraphQL over HTTP, 6.4.1)."""
    headers: Mapping[str, str] = field(default_factory=dict)


def refused(
    code: Code, english: str, *, status: int = 400, headers: Mapping[str, str] | None = None, **values: object
) -> RequestRefused:
    """A request that is refused for one reason: a sentence, and what is filled into it."""
    return RequestRefused([Fault(code, Message(english, values))], status=status, headers=headers or {})


def document_faults(code: Code, errors: Iterable[GraphQLError]) -> list[Fault]:
    """What graphql-core says on a document or its variables; its messages speak of the document and the schema only.

    A name may be as long as a document, and stand in a hundred of them.
    """
    return [Fault(code, _not_long(error.message), locations=_locations(error)) for error in errors]


def field_fault(error: GraphQLError, correlation_id: str) -> Fault:
    """What a client may know of an error that a field ended with. What it may not know goes to the server's log."""
    return replace(_told_of(error, correlation_id), locations=_locations(error), path=tuple(error.path or ()))


def refuses(error: GraphQLError) -> bool:
    """Whether a field is refused to the viewer, rather than asked wrongly or failed."""
    cause = _cause(error)
    return isinstance(cause, Refusal) and Code(cause.code) in REFUSING


@contextmanager
def masked(correlation_id: str) -> Iterator[None]:
    """What is done in here ends well or with RequestRefused; a mistake of our own is logged, and one too."""
    try:
        yield
    except RequestRefused:
        raise
    except Exception as mistake:
        raise unforeseen(mistake, correlation_id) from mistake


def unforeseen(error: Exception, correlation_id: str) -> RequestRefused:
    """The answer to a mistake of our own outside any field."""
    log.error("%s outside of any field", correlation_id, exc_info=error)
    return RequestRefused([Fault(Code.INTERNAL, MASKED)], status=500)


def _told_of(error: GraphQLError, correlation_id: str) -> Fault:
    cause = _cause(error)
    if isinstance(cause, Refusal):
        return Fault(Code(cause.code), cause.message)
    if isinstance(cause, UpstreamError):
        log.warning("%s %s: %s", correlation_id, type(cause).__name__, cause)
        words = UPSTREAM_WORDS[code := Code(cause.code)]._replace(values={"system": cause.system})
        return Fault(code, words, system=cause.system, retry_after=cause.retry_after, unsettled=cause.unsettled)
    if isinstance(cause, FileRefused):
        return Fault(Code.BAD_USER_INPUT, cause.message)
    if isinstance(cause, FellBehind):
        return Fault(Code.RATE_LIMITED, FELL_BEHIND)
    if cause is None and _is_about_an_argument(error):
        return Fault(Code.BAD_USER_INPUT, error.message)
    log.error("%s at %s", correlation_id, ".".join(map(str, error.path or ())), exc_info=cause or error)
    return Fault(Code.INTERNAL, MASKED)


def _not_long(sentence: str) -> str:
    return sentence if len(sentence) <= LONGEST_SENTENCE else f"{sentence[:LONGEST_SENTENCE]}…"


def _cause(error: GraphQLError) -> BaseException | None:
    cause: BaseException | None = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    return None if isinstance(cause, GraphQLError) else cause


def _is_about_an_argument(error: GraphQLError) -> bool:
    # graphql-core points at the value that does not fit; every other error of a field points at the field.
    return bool(error.nodes) and not any(isinstance(node, FieldNode) for node in error.nodes or ())


def _locations(error: GraphQLError) -> tuple[tuple[int, int], ...]:
    return tuple((place.line, place.column) for place in error.locations or ())
