"""The officers of the simulated One Stop: they decide what people apply for, after a while or when they are told to.

Applications of the seeded past stay as they are; only what came in over the API is theirs.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aiohttp import web

from .clock import Clock
from .flowable_engine import Engine, stamp
from .outbox import tell

SEEDED = "counter"
"""Who started the applications that were there from the beginning."""

DECISIONS = ("approved", "returned", "rejected")
_SECONDS_BETWEEN = 0.5


@dataclass(slots=True)
class Officers:
    """`/__officers`: GET tells after how many seconds they agree to a step, PUT says it, POST has one decided now."""

    db: sqlite3.Connection
    clock: Clock
    engine: Engine
    after: float | None = None
    """Seconds that a step waits until an officer agrees to it; None leaves it waiting."""

    async def answer(self, request: web.Request) -> web.Response:
        match request.method:
            case "GET":
                return web.json_response({"after": self.after})
            case "PUT":
                return self._told_when((await request.json()).get("after"))
            case "POST":
                return self._decided(request.app, await request.json())
        return web.json_response({"error": "Officers are asked by GET, PUT and POST."}, status=405)

    async def work(self, app: web.Application) -> AsyncIterator[None]:
        """At work for as long as the system is served."""
        working = asyncio.create_task(self._by_the_clock(app), name="officers")
        yield
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)

    async def _by_the_clock(self, app: web.Application) -> None:
        while True:
            await asyncio.sleep(_SECONDS_BETWEEN)
            self.engine.give_up(self.clock.now())
            self.db.commit()
            if self.after is not None:
                self._agree(app, self.after)

    def _agree(self, app: web.Application, after: float) -> None:
        due = stamp(self.clock.now() - timedelta(seconds=after))
        waiting = self.db.execute(
            "select task.id from task join instance on instance.id = instance where task.end_time is null"
            " and task.start_time <= ? and start_user != ? and assignee is null",
            (due, SEEDED),
        ).fetchall()
        for (task,) in waiting:
            self._decide(app, task, "approved", None)

    def _told_when(self, after: Any) -> web.Response:
        if after is not None and (isinstance(after, bool) or not isinstance(after, int | float) or after < 0):
            return web.json_response({"error": "after is a number of seconds, or null"}, status=400)
        self.after = after
        return web.json_response({"after": after})

    def _decided(self, app: web.Application, asked: Any) -> web.Response:
        """The step that an application, by its business key, waits in for an office."""
        decision, comment = asked.get("decision"), asked.get("comment")
        found = self.db.execute(
            "select task.id from task join instance on instance.id = instance"
            " where business_key = ? and task.end_time is null and assignee is null",
            (asked.get("application"),),
        ).fetchone()
        if decision not in DECISIONS or found is None:
            words = f"decision is one of {', '.join(DECISIONS)}, of an application that waits for an office"
            return web.json_response({"error": words}, status=400)
        self._decide(app, found[0], decision, comment)
        return web.json_response({"application": asked["application"], "decision": decision})

    def _decide(self, app: web.Application, task: str, decision: str, comment: str | None) -> None:
        (instance,) = self.db.execute("select instance from task where id = ?", (task,)).fetchone()
        self.engine.put(instance, "decision", decision, task=task)
        if comment:
            self.engine.put(instance, "comment", comment, task=task)
        self.engine.complete(task, self.clock.now())
        self.db.commit()
        tell_of(app, self.engine, instance)


def tell_of(app: web.Application, engine: Engine, instance: str) -> None:
    """Tells that an application has changed, as a listener of the process engine does once that is stored."""
    if applicant := engine.get(instance, "applicant"):
        tell(app, "campus.application.changed", applicant)
