"""A plan for whoever writes dates itself, as orjson does: byte for byte what graphql-core's answer is written as."""

from datetime import date, datetime, time, timedelta, timezone
from functools import partial
from typing import Any, cast
from zoneinfo import ZoneInfo

import orjson
import pytest
import strawberry
from graphql import OperationDefinitionNode, parse
from hypothesis import given
from hypothesis import strategies as some

from execution.compiler import compiled
from execution.plan import Plans

from .both_executors import executor


@strawberry.type
class Times:
    moment: datetime
    day: date
    hour: time
    moments: list[datetime | None]


@strawberry.type
class Query:
    @strawberry.field
    def times(self) -> Times:
        return GIVEN[-1]


SCHEMA = strawberry.Schema(Query)
DOCUMENT = parse("{ times { moment day hour moments } }")
PLANS = Plans(cast("OperationDefinitionNode", DOCUMENT.definitions[0]), [], partial(compiled, keeps_dates=True))
GIVEN: list[Times] = []

ZONES = some.one_of(
    some.none(),
    some.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes))),
    some.sampled_from(["Asia/Hong_Kong", "Asia/Shanghai", "America/New_York"]).map(ZoneInfo),
)
MOMENTS = some.datetimes(timezones=ZONES)


def data(times: Times, plans: Plans | None) -> Any:
    GIVEN[:] = [times]
    result = executor(SCHEMA, DOCUMENT, plans=plans).execute_operation()
    assert result.errors is None
    return result.data


@given(some.builds(Times, moment=MOMENTS, day=some.dates(), hour=some.times(), moments=some.lists(MOMENTS, max_size=3)))
def test_dates_are_written_alike(times: Times) -> None:
    assert orjson.dumps(data(times, PLANS)) == orjson.dumps(data(times, None))


@pytest.mark.parametrize("zone", [timezone.utc, timezone(timedelta(hours=8))])  # noqa: UP017  beside its like
def test_what_orjson_writes_faster_is_left_to_it(zone: timezone) -> None:
    moment = datetime(2026, 9, 1, 8, tzinfo=zone)
    told = data(Times(moment=moment, day=moment.date(), hour=moment.time(), moments=[]), PLANS)
    assert told["times"] == {"moment": moment, "day": moment.date(), "hour": "08:00:00", "moments": []}
