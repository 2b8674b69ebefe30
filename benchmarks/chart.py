"""Bars as an SVG: requests per CPU-second of each contestant, by connections."""

from typing import Any
from xml.sax.saxutils import escape

WIDTH, LEFT, BAR, GAP = 760, 230, 16, 26
COLOURS = ("#9aa5b1", "#7b8794", "#52606d", "#0967d2", "#2bb0ed")


def chart(told: dict[str, Any], about: dict[str, Any]) -> str:
    """`told` as benchmarks.over_http sums it up."""
    connections = list(next(iter(told.values())))
    most = max(row["a_second"] for rows in told.values() for row in rows.values())
    parts, y = [], 44
    for many in connections:
        parts.append(f'<text x="10" y="{y}" font-weight="bold">{many} connections</text>')
        y += 8
        for (name, rows), colour in zip(told.items(), COLOURS, strict=True):
            value = rows[many]["a_second"]
            width = value / most * (WIDTH - LEFT - 70)
            parts.append(
                f'<text x="{LEFT - 8}" y="{y + 12}" text-anchor="end">{escape(name)}</text>'
                f'<rect x="{LEFT}" y="{y}" width="{width:.0f}" height="{BAR}" fill="{colour}"/>'
                f'<text x="{LEFT + width + 6:.0f}" y="{y + 12}">{value:.0f}</text>'
            )
            y += BAR + 4
        y += GAP
    title = f"Dashboards per CPU-second of the server, {about['when']}, Python {about['python']}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" font-family="sans-serif" font-size="12">'
        f'<rect width="{WIDTH}" height="{y}" fill="#ffffff"/><text x="10" y="20" font-size="14">{escape(title)}</text>'
        f"{''.join(parts)}</svg>\n"
    )
