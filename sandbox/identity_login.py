"""The login page of the simulated identity providers: plain HTML, one button per persona."""

from collections.abc import Sequence
from html import escape
from typing import Any

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in – {campus} (simulated)</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 2rem auto; padding: 0 1rem }}
li {{ margin: .5rem 0 }} button {{ font: inherit; padding: .4rem .8rem; min-width: 12rem; text-align: start }}
</style>
</head>
<body>
<main>
{content}
</main>
</body>
</html>
"""


def login_page(campus: str, client: str, query: str, personas: Sequence[dict[str, Any]]) -> str:
    """`query` is the authorization request; each button sends it again, with the persona that was chosen."""
    rows = "\n".join(
        f'<li><button name="persona" value="{escape(persona["id"])}" aria-describedby="about-{escape(persona["id"])}">'
        f'{escape(persona["name"])}</button> <span id="about-{escape(persona["id"])}">'
        f"{escape(', '.join(persona['roles']))} – {escape(persona['about'])}</span></li>"
        for persona in personas
    )
    content = (
        f"<h1>Sign in at {escape(campus)}</h1>\n"
        f"<p>{escape(client)} asks who you are. This university is simulated; no password is needed.</p>\n"
        f'<form method="post" action="?{escape(query)}">\n<ul>\n{rows}\n</ul>\n</form>'
    )
    return _PAGE.format(campus=escape(campus), content=content)


def refusal_page(campus: str, reason: str) -> str:
    """For requests that must not be answered by a redirect, because client or address cannot be trusted."""
    return _PAGE.format(
        campus=escape(campus), content=f'<h1>This sign-in cannot go on</h1>\n<p role="alert">{escape(reason)}</p>'
    )
