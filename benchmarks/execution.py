"""From a query to bytes within the process, by turns: Strawberry, graphql-core on our operation store, plans.

python -m benchmarks.execution [rounds]
"""

import gc
import json
import logging
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
import strawberry
import uvloop
from aiodataloader import DataLoader
from strawberry.extensions import ParserCache, ValidationCache

from pipeline.operation_store import OperationStore
from pipeline.settings import Limits

from .dashboard import OURS, QUERY, SHIPPED, Loaders, Query, leaves

ROUNDS = 30
RUNS = 20
"""Of each contestant in one round."""

Run = Callable[[], Awaitable[bytes]]


def contestants(loaders: Callable[[type[DataLoader[Any, Any]]], Loaders]) -> dict[str, Run]:
    """Name -> one run. `loaders` gives those that an operation works with."""
    plain = strawberry.Schema(Query)
    cached = strawberry.Schema(Query, extensions=[lambda: ParserCache(), lambda: ValidationCache()])
    stores = {plans: OperationStore(plain, Limits(), {"dashboard": QUERY}, plans=plans) for plans in (True, False)}

    def strawberrys(schema: strawberry.Schema) -> Run:
        async def run() -> bytes:
            result = await schema.execute(QUERY, {"many": 8}, context_value=loaders(SHIPPED))
            return json.dumps({"data": result.data}).encode()

        return run

    def ours(plans: bool) -> Run:
        async def run() -> bytes:
            operation = stores[plans].operation(QUERY, None)
            result = await stores[plans].run(operation, {"many": 8}, loaders(OURS))
            return orjson.dumps({"data": result.data})

        return run

    return {
        "Strawberry as documented": strawberrys(plain),
        "Strawberry with its caches": strawberrys(cached),
        "graphql-core, document remembered": ours(False),
        "plans": ours(True),
    }


async def measured(runs: dict[str, Run], rounds: int) -> dict[str, list[float]]:
    """Milliseconds of CPU per run, round by round, the contestants by turns."""
    told = {name: json.loads(await run()) for name, run in runs.items()}
    if any(answer != told["plans"] for answer in told.values()):
        raise SystemExit("the answers differ, so their times say nothing")
    spent: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            gc.collect()
            before = time.process_time()
            for _ in range(RUNS):
                await run()
            spent[name].append((time.process_time() - before) * 1000 / RUNS)
    return spent


def table(title: str, spent: dict[str, list[float]]) -> None:
    against = spent["Strawberry with its caches"]
    print(f"\n{title}\n{'':36}{'ms':>9}  times as fast as Strawberry with its caches (median, 10th to 90th percentile)")
    for name, each in spent.items():
        ratios = sorted(theirs / ours for theirs, ours in zip(against, each, strict=True))
        low, high = ratios[len(ratios) // 10], ratios[-1 - len(ratios) // 10]
        print(f"{name:36}{statistics.median(each):9.3f}  {statistics.median(ratios):6.1f}  ({low:.1f} to {high:.1f})")


async def main(rounds: int) -> None:
    logging.disable(logging.CRITICAL)
    known: dict[type[DataLoader[Any, Any]], Loaders] = {kind: Loaders(kind) for kind in (OURS, SHIPPED)}
    fresh, warm = contestants(Loaders), contestants(known.__getitem__)
    print(f"{leaves(json.loads(await fresh['plans']())['data'])} leaves, {rounds} rounds of {RUNS} runs")
    table("Everything is loaded anew, from memory", await measured(fresh, rounds))
    table("Everything is loaded already", await measured(warm, rounds))


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
