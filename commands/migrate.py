"""Brings the portal's tables to the version of this gateway, or to another one."""

import argparse
import asyncio

from connectors.portal import brought_to
from connectors.wire import UpstreamError

from .check import settings_in
from .failure import Failure


def migrate(arguments: argparse.Namespace) -> None:
    """Raises Failure where the database cannot be reached, or where either version is unknown here."""
    place = settings_in(arguments.config).portal.database
    try:
        before, after = asyncio.run(brought_to(place, arguments.to))
    except (UpstreamError, ValueError) as error:
        raise Failure(f"{error}; nothing was changed") from error
    print(f"portal: the tables were of version {before or 'none'} and are of version {after or 'none'}")
