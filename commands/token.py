"""Prints one bearer token for the gateway that was started last from this checkout."""

import argparse
import json
import urllib.error
import urllib.request

from . import run_file
from .failure import Failure


def token(arguments: argparse.Namespace) -> None:
    """Raises Failure if there is no gateway, it has no sandbox, or it knows nobody of that name."""
    run = run_file.read()
    if not run.sandbox:
        raise Failure(f"the gateway at {run.url} runs without --sandbox; its issuers give the tokens")
    wish = {"as": arguments.who, "scope": arguments.scope, "issuer": arguments.issuer}
    asked = urllib.request.Request(  # noqa: S310  the run file names a gateway of ours
        f"{run.url}/sandbox/token",
        data=json.dumps(wish).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310
            print(json.load(answer)["access_token"])
    except urllib.error.HTTPError as error:
        raise Failure(json.load(error)["error"]) from error
    except OSError as error:
        raise Failure(f"the gateway at {run.url} does not answer: {error}") from error
