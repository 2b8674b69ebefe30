"""A small process engine: an application moves from step to step as its service says, and history remembers it.

It does what One Stop's BPMN models would: decisions are task-local variables `decision` (approved, returned,
rejected) and `comment`; a returned application waits for its applicant; each finished phase leaves a milestone.
A place that is agreed to for a time is booked with whoever keeps it, or rejected if it is not to be had by then.
One that is started with `filesPending` true goes to its first step when that is set to false, or is given up.
Whose turn it is says the process variable `awaiting`: applicant or department; until when the applicant may amend,
`amendUntil`; where and until when something is to be fetched, `collection`.
"""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from .university import CAMPUS_TIME

TABLES = """
create table deployment (id text primary key, name text not null, category text not null, time text not null,
    service text not null);
create table resource (deployment text not null, name text not null, content blob not null,
    primary key (deployment, name));
create table definition (id text primary key, key text not null, version integer not null,
    deployment text not null, service text not null);
create table instance (
    id text primary key, definition text not null, key text not null, business_key text, start_time text not null,
    end_time text, start_user text, end_activity text, delete_reason text);
create index instance_by_business_key on instance (business_key);
create table task (
    id text primary key, instance text not null, definition_key text not null, name text not null, assignee text,
    category text not null, start_time text not null, end_time text, delete_reason text);
create index task_by_instance on task (instance);
create table variable (
    id text primary key, instance text not null, task text not null default '', name text not null,
    type text not null, value text not null, bytes blob, unique (instance, task, name));
create index variable_by_value on variable (name, value);
"""

PATIENCE = timedelta(hours=1)
"""How long an application waits for its files."""


class NotRunning(Exception):
    """No such process instance or task is running; the message is Flowable's."""


def stamp(moment: datetime) -> str:
    """A moment as Flowable prints it in the engine's zone: 2026-11-20T08:12:03.000+08:00."""
    return moment.astimezone(CAMPUS_TIME).isoformat(timespec="milliseconds")


def kind_of(value: Any) -> str:
    """The variable type that Flowable gives a JSON value sent without one."""
    match value:
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "double"
        case str():
            return "string"
    return "json"


@dataclass(frozen=True, slots=True)
class Engine:
    db: sqlite3.Connection
    new_id: Callable[[], str]
    book: Callable[[str, int, int, str, str], bool] | None = None
    """Facility, from and until (seconds since 1970), applicant and title -> whether it was to be had."""

    def start(self, definition: str, business_key: str | None, user: str | None, at: datetime) -> str:
        """Begins an instance of a definition (by id), before its first step; `begin` moves it there."""
        (key,) = self.db.execute("select key from definition where id = ?", (definition,)).fetchone()
        instance = self.new_id()
        self.db.execute(
            "insert into instance values (?, ?, ?, ?, ?, null, ?, null, null)",
            (instance, definition, key, business_key, stamp(at), user),
        )
        self.put(instance, "submittedAt", stamp(at))
        return instance

    def begin(self, instance: str, at: datetime) -> None:
        """Moves it to its first step; one whose files are still on their way waits for the last of them."""
        if self.get(instance, "filesPending") is True:
            return
        service = self.service_of(instance)
        if service["phases"]:
            self.put(instance, "phase", service["phases"][0]["id"])
            self.put(instance, "milestones", [])
        self._wait_for(instance, service["steps"][0], at)

    def resume(self, instance: str, at: datetime) -> None:
        """After a variable was set: begins what has waited for its files, as a variable listener event would."""
        if not self.db.execute("select 1 from task where instance = ?", (instance,)).fetchone():
            self.begin(instance, at)

    def give_up(self, at: datetime) -> None:
        """Ends what has waited for its files for too long, as a timer of the models would."""
        waiting = self.db.execute(
            "select instance.id from instance join variable on instance = instance.id where end_time is null"
            " and start_time < ? and task = '' and name = 'filesPending' and value = 'true'",
            (stamp(at - PATIENCE),),
        ).fetchall()
        for (instance,) in waiting:
            self.delete(instance, "files never came", at)
            self.forget(instance)

    def complete(self, task: str, at: datetime) -> None:
        """Ends a task and moves on as its local `decision` says; without one it counts as approved."""
        row = self.db.execute(
            "select instance, definition_key from task where id = ? and end_time is null", (task,)
        ).fetchone()
        if row is None:
            raise NotRunning(f"Could not find a task with id '{task}'.")
        instance, step = row
        self.db.execute("update task set end_time = ? where id = ?", (stamp(at), task))
        service, decision = self.service_of(instance), self.get(instance, "decision", task) or "approved"
        if step == service["amendment"]["id"]:
            self._wait_for(instance, service["steps"][0], at)
        elif decision == "returned":
            self._wait_for_applicant(instance, service, at)
        elif decision == "rejected":
            self._end(instance, "rejected", self.get(instance, "comment", task), at)
        else:
            self._pass(instance, service, step, at)

    def delete(self, instance: str, reason: str | None, at: datetime) -> None:
        """Ends a running instance from outside, with the reason kept in history."""
        ended = self.db.execute(
            "update instance set end_time = ?, delete_reason = ? where id = ? and end_time is null",
            (stamp(at), reason or "ACTIVITY_DELETED", instance),
        )
        if not ended.rowcount:
            raise NotRunning(f"Could not find a process instance with id '{instance}'.")
        self.db.execute(
            "update task set end_time = ?, delete_reason = ? where instance = ? and end_time is null",
            (stamp(at), reason or "ACTIVITY_DELETED", instance),
        )

    def forget(self, instance: str) -> None:
        """Takes an instance that is over out of history, with everything of it. NotRunning: there is none."""
        if not self.db.execute("delete from instance where id = ?", (instance,)).rowcount:
            raise NotRunning(f"Could not find a historic process instance with id '{instance}'.")
        for table in ("task", "variable"):
            self.db.execute(f"delete from {table} where instance = ?", (instance,))  # noqa: S608 (constants)

    def put(self, instance: str, name: str, value: Any, kind: str = "", task: str = "") -> None:
        """Sets a variable of an instance, or of one of its tasks; bytes become a binary variable."""
        content = value if isinstance(value, bytes) else None
        self.db.execute(
            "insert into variable values (?, ?, ?, ?, ?, ?, ?) on conflict (instance, task, name)"
            " do update set type = excluded.type, value = excluded.value, bytes = excluded.bytes",
            (
                self.new_id(),
                instance,
                task,
                name,
                "binary" if content is not None else kind or kind_of(value),
                "null" if content is not None else json.dumps(value, ensure_ascii=False),
                content,
            ),
        )

    def get(self, instance: str, name: str, task: str = "") -> Any:
        row = self.db.execute(
            "select value from variable where instance = ? and task = ? and name = ?", (instance, task, name)
        ).fetchone()
        return json.loads(row[0]) if row else None

    def service_of(self, instance: str) -> dict[str, Any]:
        (text,) = self.db.execute(
            "select service from instance join definition on definition.id = definition where instance.id = ?",
            (instance,),
        ).fetchone()
        service: dict[str, Any] = json.loads(text)
        return service

    def waiting(self, instance: str) -> str:
        """The task that an instance waits in."""
        (task,) = self.db.execute("select id from task where instance = ? and end_time is null", (instance,)).fetchone()
        return str(task)

    def _pass(self, instance: str, service: dict[str, Any], step: str, at: datetime) -> None:
        at_step = next(n for n, one in enumerate(service["steps"]) if one["id"] == step)
        following = service["steps"][at_step + 1 :]
        phase = service["steps"][at_step].get("phase")
        if phase and (not following or following[0]["phase"] != phase):
            reached = {"phase": phase, "outcome": "approved", "at": stamp(at)}
            self.put(instance, "milestones", [*self.get(instance, "milestones"), reached])
            if following:
                self.put(instance, "phase", following[0]["phase"])
        if following:
            self._wait_for(instance, following[0], at)
        elif self._booked(instance, service):
            self._end(instance, "approved", None, at)
        else:
            self._end(instance, "rejected", "The place is not to be had at this time any longer.", at)

    def _booked(self, instance: str, service: dict[str, Any]) -> bool:
        """Whether nothing was to be booked, or it is."""
        starts, ends = self.get(instance, "slotFrom"), self.get(instance, "slotUntil")
        facility = (service.get("slot") or {}).get("facility")
        if self.book is None or facility is None or starts is None or ends is None:
            return True
        title = (self.get(instance, "form") or {}).get("event") or service["name"]["en"]
        return self.book(facility, starts, ends, self.get(instance, "applicant"), title)

    def _end(self, instance: str, outcome: str, text: str | None, at: datetime) -> None:
        self.put(instance, "outcome", outcome)
        if text:
            self.put(instance, "decisionText", text)
        collection = self.service_of(instance).get("collection")
        if collection and outcome == "approved":
            until = stamp(at + timedelta(days=collection["days"]))
            self.put(instance, "collection", {"place": collection["place"], "until": until})
        self.db.execute("update instance set end_time = ?, end_activity = 'end' where id = ?", (stamp(at), instance))

    def _wait_for(self, instance: str, step: dict[str, Any], at: datetime) -> None:
        # Departments claim tasks as candidate groups; One Stop keeps the office in the task's category.
        row = (self.new_id(), instance, step["id"], step["name"]["en"], None, step["department"]["en"], stamp(at))
        self.db.execute("insert into task values (?, ?, ?, ?, ?, ?, ?, null, null)", row)
        self.put(instance, "awaiting", "department")

    def _wait_for_applicant(self, instance: str, service: dict[str, Any], at: datetime) -> None:
        applicant, office = self.get(instance, "applicant"), service["department"]["en"]
        amendment = service["amendment"]
        row = (self.new_id(), instance, amendment["id"], amendment["name"]["en"], applicant, office, stamp(at))
        self.db.execute("insert into task values (?, ?, ?, ?, ?, ?, ?, null, null)", row)
        self.put(instance, "awaiting", "applicant")
        self.put(instance, "amendUntil", stamp(at + timedelta(days=amendment["days"])))


def milliseconds(start: str, end: str | None) -> int | None:
    """How long something took; None while it lasts."""
    if end is None:
        return None
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)) // timedelta(milliseconds=1)
