"""Checks settings, schema, documents, and the reach of each system, and says in words what it found."""

import argparse
import asyncio
import ssl
from pathlib import Path

import aiohttp

from pipeline.documents import trusted_documents
from pipeline.operation_store import BadTrustedDocument, OperationStore
from pipeline.settings import Settings, SettingsError, read_toml, settings_from
from pipeline.settings_values import Surroundings
from schema.root import schema, sdl

from .failure import Failure

SECONDS = 5.0


def check(arguments: argparse.Namespace) -> None:
    """Raises Failure naming all that is wrong."""
    path = arguments.config
    settings = settings_in(path)
    print(f"settings: {path.name} is in order; {len(settings.systems)} systems, {len(settings.issuers)} issuers")
    try:
        documents = trusted_documents(settings.documents)
        OperationStore(schema, settings.limits, documents)
    except BadTrustedDocument as error:
        raise Failure(f"documents: {error}") from error
    print(f"schema: {len(sdl().splitlines())} lines; documents: {len(documents)} fit it")
    unreachable = asyncio.run(_reach(settings))
    if unreachable:
        raise Failure(*unreachable)


def settings_in(path: Path) -> Settings:
    """The settings of a file. Raises Failure naming all that is wrong with them."""
    try:
        return settings_from(read_toml(path), source=path.name, surroundings=Surroundings(directory=path.parent))
    except SettingsError as error:
        raise Failure(*str(error).splitlines()) from error


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
