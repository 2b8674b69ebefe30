"""How Flowable is asked for lists: filters by name, variables that equal, one page by start, size, sort and order."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .flowable_engine import kind_of, stamp
from .flowable_records import Row, rows

_PAGING = {"start", "size", "sort", "order"}
# Said of how much to show, not of which rows.
_SHOWING = {"includeProcessVariables", "includeTaskLocalVariables", "scope"}
_OPERATIONS = {
    "equals": "value = ?",
    "notEquals": "value != ?",
    "equalsIgnoreCase": "lower(value) = lower(?)",
    "like": "json_extract(value, '$') like ?",
    **{
        name: f"json_type(value) in ('integer', 'real') and json_extract(value, '$') {sign} json_extract(?, '$')"
        for name, sign in (
            ("greaterThan", ">"),
            ("greaterThanOrEquals", ">="),
            ("lessThan", "<"),
            ("lessThanOrEquals", "<="),
        )
    },
}
_MOMENTS = ("After", "Before", "On")


class BadRequest(Exception):
    """Flowable's 400; the message is its `exception`."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One list resource: where its rows come from, what one may ask of them."""

    source: str
    filters: Mapping[str, str]
    """Parameter → SQL condition with one `?`; a pair for booleans is written `yes|no`."""
    sorts: Mapping[str, str]
    """Sort property → column; the first is the default."""


_TASKS = (
    "(select task.*, instance.definition, instance.key, instance.business_key, instance.end_time as process_end"
    " from task join instance on instance.id = task.instance)"
)

DEFINITIONS = Listing(
    "definition",
    {
        "key": "key = ?",
        "keyLike": "key like ?",
        "deploymentId": "deployment = ?",
        "version": "version = ?",
        "category": "service ->> 'type' = ?",
        "name": "service ->> '$.name.en' = ?",
        "latest": "version = (select max(version) from definition as one where one.key = definition.key)|true",
        "suspended": "false|true",
    },
    {
        "name": "service ->> '$.name.en'",
        "id": "id",
        "key": "key",
        "category": "service ->> 'type'",
        "deploymentId": "deployment",
        "version": "version",
    },
)
DEPLOYMENTS = Listing(
    "deployment",
    {"name": "name = ?", "nameLike": "name like ?", "category": "category = ?"},
    {"id": "id", "name": "name", "deployTime": "time"},
)
_INSTANCE_FILTERS = {
    "id": "id = ?",
    "processInstanceId": "id = ?",
    "processInstanceIds": "id in (select value from json_each(?))",
    "businessKey": "business_key = ?",
    "processBusinessKey": "business_key = ?",
    "processDefinitionKey": "key = ?",
    "processDefinitionId": "definition = ?",
    "startedBy": "start_user = ?",
    "startedAfter": "start_time > ?",
    "startedBefore": "start_time < ?",
    "finishedAfter": "end_time > ?",
    "finishedBefore": "end_time < ?",
    "finished": "end_time is not null|end_time is null",
    "excludeSubprocesses": "true|true",
    "suspended": "false|true",
}
_INSTANCE_SORTS = {
    "processInstanceId": "id",
    "id": "id",
    "processDefinitionId": "definition",
    "processDefinitionKey": "key",
    "businessKey": "business_key",
    "startTime": "start_time",
    "endTime": "end_time",
}
HISTORY = Listing("instance", _INSTANCE_FILTERS, _INSTANCE_SORTS)
RUNNING = Listing("(select * from instance where end_time is null) as instance", _INSTANCE_FILTERS, _INSTANCE_SORTS)
_TASK_FILTERS = {
    "taskId": "id = ?",
    "processInstanceId": "instance = ?",
    "processBusinessKey": "business_key = ?",
    "processInstanceBusinessKey": "business_key = ?",
    "processDefinitionKey": "key = ?",
    "processDefinitionId": "definition = ?",
    "executionId": "instance = ?",
    "taskDefinitionKey": "definition_key = ?",
    "taskName": "name = ?",
    "name": "name = ?",
    "taskCategory": "category = ?",
    "category": "category = ?",
    "taskAssignee": "assignee = ?",
    "assignee": "assignee = ?",
    "taskDeleteReason": "delete_reason = ?",
    "unassigned": "assignee is null|assignee is not null",
    "finished": "end_time is not null|end_time is null",
    "processFinished": "process_end is not null|process_end is null",
    "taskCreatedAfter": "start_time > ?",
    "taskCreatedBefore": "start_time < ?",
    "taskCompletedAfter": "end_time > ?",
    "taskCompletedBefore": "end_time < ?",
}
_TASK_SORTS = {
    "taskInstanceId": "id",
    "id": "id",
    "startTime": "start_time",
    "start": "start_time",
    "createTime": "start_time",
    "endTime": "end_time",
    "name": "name",
    "taskDefinitionKey": "definition_key",
    "processInstanceId": "instance",
    "assignee": "assignee",
}
TASKS = Listing(f"{_TASKS} as task", _TASK_FILTERS, _TASK_SORTS)
WAITING = Listing(
    f"(select * from {_TASKS} where end_time is null) as task",  # noqa: S608 (constants)
    _TASK_FILTERS,
    {"id": "id", **_TASK_SORTS},
)
VARIABLES = Listing(
    "variable",
    {
        "processInstanceId": "instance = ?",
        "taskId": "task = ?",
        "excludeTaskVariables": "task = ''|true",
        "variableName": "name = ?",
        "variableNameLike": "name like ?",
    },
    {"variableName": "name", "processInstanceId": "instance"},
)


def ask(db: sqlite3.Connection, listing: Listing, asked: Mapping[str, Any]) -> tuple[list[Row], dict[str, Any]]:
    """The rows of one page, and what Flowable says about the page. BadRequest for what it, or we, do not know.

    A filter of the real system that is not simulated is refused rather than passed over: the answer would be wrong.
    """
    conditions, values = [], []
    for name, value in asked.items():
        if name in ("variables", "processVariables", "taskVariables"):
            for query in value:
                condition, bound = _variable(query)
                conditions.append(f"{_owned(listing, name)} and {condition})")
                values += bound
        elif name not in _PAGING | _SHOWING:
            condition, bound = _filter(listing, name, value)
            conditions.append(condition)
            values += bound
    where = " and ".join(conditions) or "true"
    sort = asked.get("sort") or next(iter(listing.sorts))
    if sort not in listing.sorts:
        raise BadRequest(f"Value for param 'sort' is not valid, '{sort}' is not a valid property")
    order = str(asked.get("order", "asc")).lower()
    if order not in ("asc", "desc"):
        raise BadRequest(f"Value for param 'order' is not valid : '{order}', must be 'asc' or 'desc'")
    start, size = _number(asked, "start", 0), _number(asked, "size", 10)
    # Everything but the bound values comes from the tables above.
    source = f"from {listing.source} where {where}"
    (total,) = db.execute(f"select count(*) {source}", values).fetchone()
    page = f"select * {source} order by {listing.sorts[sort]} {order}, id limit ? offset ?"
    found = rows(db, page, [*values, size, start])
    return found, {"total": total, "start": start, "sort": sort, "order": order, "size": len(found)}


def _filter(listing: Listing, name: str, value: Any) -> tuple[str, list[Any]]:
    condition = listing.filters.get(name)
    if condition is None:
        raise BadRequest(f"The sandbox does not know the filter '{name}'.")
    if "?" not in condition:
        yes, no = condition.split("|")
        return (yes if str(value).lower() == "true" else no), []
    if name.endswith(_MOMENTS):
        try:
            value = stamp(datetime.fromisoformat(str(value)))
        except ValueError:
            raise BadRequest(f"Failed to parse date {value}") from None
    return f"({condition})", [json.dumps(value) if isinstance(value, list) else value]


def _owned(listing: Listing, name: str) -> str:
    # From the variable to its owner, not the other way round: the index is on name and value.
    if name == "taskVariables":
        return "task.id in (select task from variable where task != ''"
    column = "instance.id" if listing in (HISTORY, RUNNING) else "task.instance"
    return f"{column} in (select instance from variable where task = ''"  # noqa: S608 (constants)


def _variable(query: Any) -> tuple[str, list[Any]]:
    if not isinstance(query, dict) or "value" not in query:
        raise BadRequest("Variable value is missing for a query variable.")
    operation, value, name = query.get("operation", ""), query["value"], query.get("name")
    if operation not in _OPERATIONS:
        raise BadRequest(f"Unsupported variable query operation: {operation}")
    condition, bound = _OPERATIONS[operation], [value if operation == "like" else json.dumps(value, ensure_ascii=False)]
    if operation == "equals":
        # A string never equals a number that reads the same: Flowable compares within the type.
        condition, bound = f"type = ? and {condition}", [kind_of(value), *bound]
    if name:
        condition, bound = f"name = ? and {condition}", [name, *bound]
    return condition, bound


def _number(asked: Mapping[str, Any], name: str, default: int) -> int:
    try:
        return max(0, int(asked.get(name, default)))
    except (TypeError, ValueError):
        raise BadRequest(f"Failed to convert value of '{name}' to a number") from None
