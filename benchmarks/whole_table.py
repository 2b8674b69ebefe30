"""What came out of the whole dashboard, as docs/performance.md has it: a row for each contestant."""

import statistics
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

CONNECTIONS = (1, 32)

AGAINST = {
    "times without caches": {"plans, with caches": "plans", "graphql-core, with caches": "graphql-core"},
    "times graphql-core": {"plans": "graphql-core", "plans, with caches": "graphql-core, with caches"},
}
"""What is told of whom, over whom."""

HEADS = ("", "1", "32", *AGAINST, "calls", "median", "p99", "memory, before and after")


class Turn(NamedTuple):
    a_second: float
    """Dashboards in a second of the gateway's CPU."""
    calls: float
    """To systems, for each dashboard."""
    spent: list[float]
    """Milliseconds of each."""


Found = Mapping[str, Mapping[int, list[Turn]]]


def summary(found: Found, memory: Mapping[str, tuple[int, int]]) -> dict[str, Any]:
    """By contestant and connections; times of all rounds together. Ratios are taken within a round."""
    told: dict[str, Any] = {}
    for name, by_connections in found.items():
        told[name] = {"megabytes, before and after": memory[name]}
        for many, turns in by_connections.items():
            in_order = sorted(each for turn in turns for each in turn.spent)
            told[name][str(many)] = row = {
                "a_second": _spread(each.a_second for each in turns),
                "median": statistics.median(in_order),
                "p99": in_order[-1 - len(in_order) // 100],
                "calls": statistics.median(each.calls for each in turns),
            }
            for title, others in AGAINST.items():
                if other := others.get(name):
                    both = zip(turns, found[other][many], strict=True)
                    row[title] = _spread(one.a_second / theirs.a_second for one, theirs in both)
    return told


def _spread(values: Iterable[float]) -> list[float]:
    """Median, lowest, highest."""
    in_order = sorted(values)
    return [statistics.median(in_order), in_order[0], in_order[-1]]


def table(told: Mapping[str, Any]) -> str:
    """In Markdown; where a cell has two, the second is that of 32 connections."""
    lines = [HEADS, ["---"] * len(HEADS)]
    for name, rows in told.items():
        one, many = (rows[str(connections)] for connections in CONNECTIONS)
        before, after = rows["megabytes, before and after"]
        ratios = (
            "; ".join("{:.2f} ({:.2f} to {:.2f})".format(*row[title]) for row in (one, many)) if title in one else ""
            for title in AGAINST
        )
        cells = (
            *(f"{row['a_second'][0]:.0f}" for row in (one, many)),
            *ratios,
            f"{one['calls']:.0f}; {many['calls']:.1f}",
            *(f"{one[key]:.0f} ms; {many[key]:.0f} ms" for key in ("median", "p99")),
            f"{before} MB, {after} MB",
        )
        lines.append([name, *cells])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
