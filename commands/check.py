"""Checks settings, schema, documents, and the reach of each system, and says in words what it found."""

import argparse
import asyncio
import ssl
from pathlib import Path

import aiohttp

from pipeline.documents import widget_documents
from pipeline.operation_store import BadTrustedDocument, OperationStore
from pipeline.settings import Settings, SettingsError, read_toml, settings_from
from pipeline.settings_values import Surroundings
from schema.root import schema

from .failure import Failure

SECONDS = 5.0


def check(arguments: argparse.Namespace) -> None:
    """Raises Failure naming all that is wrong."""
    path = arguments.config
    try:
        settings = settings_from(read_toml(path), source=path.name, surroundings=Surroundings(directory=path.parent))
    except SettingsError as error:
        raise Failure(*str(error).splitlines()) from error
    print(f"settings: {path.name} is in order; {len(settings.systems)} systems, {len(settings.issuers)} issuers")
    documents = widget_documents()
    try:
        OperationStore(schema, settings.limits, documents)
    except BadTrustedDocument as error:
        raise Failure(f"documents: {error}") from error
    print(f"schema: {len(schema.as_str().splitlines())} lines; documents: {len(documents)} widgets fit it")
    unreachable = asyncio.run(_reach(settings))
    if unreachable:
        raise Failure(*unreachable)


async def _reach(settings: Settings) -> list[str]:
    """Asks each address once; any HTTP answer at all means that it is reached."""
    places = {f"system {system.id}": (system.url, system.ca_file, system.proxy) for system in settings.systems}
    for issuer in settings.issuers:
        discovery = f"{issuer.issuer.rstrip('/')}/.well-known/openid-configuration"
        places[f"issuer {issuer.id}"] = (discovery, issuer.ca_file, None)
    outcomes = await asyncio.gather(*(_status(*place) for place in places.values()), return_exceptions=True)
    failures = []
    for (name, (url, *_)), outcome in zip(places.items(), outcomes, strict=True):
        if isinstance(outcome, BaseException):
            failures.append(f"{name}: {url} cannot be reached: {outcome or type(outcome).__name__}")
        else:
            print(f"{name}: {url} answers (HTTP {outcome})")
    return failures


async def _status(url: str, ca_file: Path | None, proxy: str | None) -> int:
    trust = ssl.create_default_context(cafile=ca_file)
    timeout = aiohttp.ClientTimeout(total=SECONDS)
    async with (
        aiohttp.ClientSession(timeout=timeout) as session,
        session.get(url, ssl=trust, proxy=proxy, allow_redirects=False) as answer,
    ):
        return answer.status
