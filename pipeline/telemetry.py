"""One line of JSON per operation on the logger "gateway.operations": what ran, how long, at what cost; no values."""

import logging
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import orjson

from resolvers.viewer import ANONYMOUS, Viewer

from .operation_store import PreparedOperation

operations = logging.getLogger("gateway.operations")


def open_logs() -> None:
    """Sends operations to standard output as they are, and what else the gateway has to say to standard error."""
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
    started: float = field(default_factory=time.perf_counter)
    viewer: Viewer = ANONYMOUS
    operation: PreparedOperation | None = None
    calls: Mapping[str, int] = field(default_factory=dict)
    """Calls to campus systems, by system id."""
    codes: Sequence[str] = ()

    def write(self, status: int) -> None:
        operation = self.operation
        line = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "correlationId": self.correlation_id,
            # A name may be as long as a document; a log line may not.
            "operationName": operation and operation.name and operation.name[:100],
            "operationType": operation and operation.type.value,
            "documentHash": operation and operation.document_hash,
            "milliseconds": round((time.perf_counter() - self.started) * 1000, 1),
            "status": status,
            "calls": dict(self.calls),
            "codes": sorted(set(self.codes)),
            "client": self.viewer.client or None,
            "viewer": _kind(self.viewer),
        }
        operations.info(orjson.dumps(line).decode())


def _kind(viewer: Viewer) -> str:
    if viewer.anonymous:
        return "anonymous"
    return "person" if viewer.person else "client"
