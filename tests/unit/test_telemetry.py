"""Where the gateway's log lines go."""

import json
import logging
from collections.abc import Iterator

import pytest

from pipeline.telemetry import OperationLine, open_logs


@pytest.fixture
def untouched_logging() -> Iterator[None]:
    loggers = [logging.getLogger("gateway"), logging.getLogger("gateway.operations")]
    before = [(logger.handlers[:], logger.level) for logger in loggers]
    yield
    for logger, (handlers, level) in zip(loggers, before, strict=True):
        logger.handlers[:] = handlers
        logger.setLevel(level)


def test_operations_go_to_standard_output_as_json_and_words_to_standard_error(
    untouched_logging: None, capsys: pytest.CaptureFixture[str]
) -> None:
    open_logs()
    open_logs()  # once more changes nothing: no line is written twice
    OperationLine("c-1").write(200)
    logging.getLogger("gateway.errors").error("something to look at")
    printed = capsys.readouterr()
    assert json.loads(printed.out)["correlationId"] == "c-1"
    assert printed.err.count("something to look at") == 1
    assert "c-1" not in printed.err
