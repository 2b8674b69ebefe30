"""One line of JSON per operation on the logger "gateway.operations": what ran, how long, at what cost; no values.

Of a subscription the line is written when it ends."""

import logging
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import orjson
from graphql import OperationType

from connectors.wire import meters
from resolvers.viewer import ANONYMOUS, Viewer

from .preparation import PreparedOperation

operations = logging.getLogger("gateway.operations")

LEFT = 499
"""Status on the line of who left before there was an answer, as nginx has it; it is sent to nobody."""


def open_logs() -> None:
    """Sends operations to standard output as they are, and what else the gateway has to say to standard error."""
    # Which thread writes a line is told by none, so it need not be looked up each time (logging's own HOWTO,
    # Optimization); which process does, gunicorn tells in its own.
    logging.logThreads = logging.logMultiprocessing = False
    lines = logging.StreamHandler(sys.stdout)
    lines.setFormatter(logging.Formatter("%(message)s"))
    operations.handlers[:] = [lines]
    words = logging.StreamHandler(sys.stderr)
    words.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    words.addFilter(lambda record: record.name != operations.name)
    gateway = logging.getLogger("gateway")
    gateway.handlers[:] = [words]
    gateway.setLevel(logging.INFO)


@dataclass(slots=True)
class OperationLine:
    """What becomes known of one operation on its way."""

    correlation_id: str
    viewer: Viewer = ANONYMOUS
    started: float = field(default_factory=time.perf_counter)
    operation: PreparedOperation | None = None
    calls: Counter[str] | None = None
    """Calls to campus systems, by system id; None where none was asked, as by most who follow something."""
    joined: Counter[str] | None = None
    """What was told by calls that stand on the lines of other operations, by system id; likewise."""
    codes: Sequence[str] = ()
    events: int = 0
    """What a subscription told, up to its end."""
    ran: bool = False
    """Whether there was an answer to be told, with errors or without."""

    fresh_for: float | None = None
    """Seconds for which all of the answer that is kept stays fresh; None where nothing of it is."""

    @property
    def age(self) -> float:
        """Seconds since it began to be read."""
        return time.perf_counter() - self.started

    def called(self, calls: Mapping[str, int], joined: Mapping[str, int]) -> None:
        """Adds what a context has asked, by itself and together with others."""
        if calls:
            self.calls = Counter(calls) + (self.calls or Counter())
        if joined:
            self.joined = Counter(joined) + (self.joined or Counter())

    def write(self, status: int) -> None:
        operation = self.operation
        seconds = self.age
        outcome = "ok" if not self.codes else "partial" if self.ran else "refused"
        if status == LEFT:
            outcome = "left"
        meters.answered(_counted_as(operation), operation.type.value if operation else "none", outcome, seconds)
        line = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "correlationId": self.correlation_id,
            # A name may be as long as a document; a log line may not.
            "operationName": operation and operation.name and operation.name[:100],
            "operationType": operation and operation.type.value,
            "documentHash": operation and operation.document_hash,
            "milliseconds": round(seconds * 1000, 1),
            "status": status,
            "calls": dict(self.calls or {}),
            "codes": sorted(set(self.codes)),
            "client": self.viewer.client or None,
            "viewer": _kind(self.viewer),
        }
        if self.joined:
            line["joined"] = dict(self.joined)
        if operation and operation.type is OperationType.SUBSCRIPTION:
            line["events"] = self.events
        operations.info(orjson.dumps(line).decode())


def _counted_as(operation: PreparedOperation | None) -> str:
    """What clients call their operations is theirs to choose, as often as they like: only trusted names are counted."""
    trusted = operation and (operation.name or operation.document_id) if operation and operation.document_id else None
    return trusted or "other"


def _kind(viewer: Viewer) -> str:
    if viewer.anonymous:
        return "anonymous"
    return "person" if viewer.person else "client"
