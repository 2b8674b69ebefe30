"""The sandbox's data directory: built once, whole or not at all, and held against what a start asks for."""

import fcntl
import hashlib
import json
import os
import secrets
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import IO, Any

from . import alma, atom, campus_life, flowable, gtfs, hkma, identity, koha, librebooking, oeapi, request_tracker, sru
from .catalogue import Catalogue, read_catalogue, term_in_name
from .clock import Clock
from .population import populate
from .systems import SYSTEMS, System
from .terms import middle, settled, term_of
from .university import CAMPUS_TIME

PROTOCOLS: Mapping[str, ModuleType] = {
    "oeapi": oeapi,
    "alma": alma,
    "sru": sru,
    "koha": koha,
    "flowable": flowable,
    "request_tracker": request_tracker,
    "gtfs": gtfs,
    "atom": atom,
    "hkma": hkma,
    "campus_life": campus_life,
    "librebooking": librebooking,
}
_FORMAT = 11
"""Raised when the systems store something differently: older data is then refused."""
_DEFAULT_STUDENTS = 2000
_DEFAULT_SEED = 1
_PAPER = "sandbox.json"


class DataDirError(Exception):
    """The directory cannot be used as asked; the message is one sentence for whoever started the sandbox."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asks for; None means whatever there is, or the default."""

    students: int | None = None
    seed: int | None = None
    now: datetime | None = None
    catalogue: Path | None = None
    term: str | None = None


class DataDir:
    """One directory, held by one process at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True)
        self._lock: IO[str] = (path / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise DataDirError(f"{path} is in use by another sandbox: stop it, or choose another --data-dir.") from None
        self.paper: dict[str, Any] = {}

    def open(self, wanted: Wanted, say: Callable[[str], None], *, reset: bool) -> None:
        """Uses the data that is there, or builds it. DataDirError: it contradicts what is wanted."""
        paper = self.path / _PAPER
        if paper.exists() and not reset:
            self.paper = json.loads(paper.read_text())
            self._hold_against(wanted)
            return
        # Whatever else is kept of this university's people here, as the portal's own store is, goes with them.
        leftovers = list(self.path.glob("*.sqlite*"))
        if leftovers and not reset:
            say("the data is half-built: a former start was stopped while building; building anew")
        paper.unlink(missing_ok=True)
        for file in leftovers:
            file.unlink()
        self.paper = _build(self, wanted, say)
        self.save()

    def save(self) -> None:
        """Writes the paper that says the data is whole, in one step."""
        draft = self.path / f"{_PAPER}.new"
        draft.write_text(json.dumps(self.paper, indent=1))
        os.replace(draft, self.path / _PAPER)

    def database(self, name: str) -> sqlite3.Connection:
        return sqlite3.connect(self.path / f"{name}.sqlite")

    def signing_secret(self, system: str) -> str:
        """With which a system signs what it tells by itself; kept over restarts, as its credential is."""
        kept: dict[str, str] = self.paper.setdefault("signing_secrets", {})
        return kept.setdefault(system, secrets.token_urlsafe(32))

    @property
    def clock(self) -> Clock:
        return Clock(timedelta(seconds=self.paper["offset"]))

    def _hold_against(self, wanted: Wanted) -> None:
        if self.paper.get("format") != _FORMAT:
            raise DataDirError(
                f"The data in {self.path} was built by another version of the sandbox: start with --reset."
            )
        asked: dict[str, Any] = {"students": wanted.students, "seed": wanted.seed}
        asked["now"] = wanted.now.isoformat() if wanted.now else None
        if wanted.catalogue:
            asked["catalogue"] = _fingerprint(wanted.catalogue)
            asked["term"] = wanted.term or term_in_name(wanted.catalogue)
        for option, value in asked.items():
            there = self.paper.get(option)
            if value is not None and value != there:
                built = f"with {option} {there}" if there is not None else f"without {option}"
                shown = wanted.catalogue if option == "catalogue" else value
                raise DataDirError(
                    f"The data in {self.path} was built {built}, not {shown}: start with --reset to build it anew."
                )


def _fingerprint(file: Path) -> str:
    try:
        return f"{file.name} {hashlib.sha256(file.read_bytes()).hexdigest()[:16]}"
    except OSError as reason:
        raise DataDirError(f"{file} cannot be read: {reason.strerror}.") from None


def _clock_for(wanted: Wanted, catalogue: Catalogue | None) -> datetime:
    if not catalogue:
        return wanted.now or settled(datetime.now(CAMPUS_TIME))
    term = term_of(catalogue.term)
    if wanted.now and not term.starts <= wanted.now.astimezone(CAMPUS_TIME).date() <= term.ends:
        raise DataDirError(f"--now lies outside the catalogue's term {term.code}, {term.starts} to {term.ends}.")
    return wanted.now or middle(term)


def _build(where: DataDir, wanted: Wanted, say: Callable[[str], None]) -> dict[str, Any]:
    if wanted.term and not wanted.catalogue:
        raise DataDirError("--term names the term of a --catalogue; there is none.")
    catalogue = read_catalogue(wanted.catalogue, wanted.term) if wanted.catalogue else None
    seed = _DEFAULT_SEED if wanted.seed is None else wanted.seed
    students = wanted.students or _DEFAULT_STUDENTS
    now = _clock_for(wanted, catalogue)
    offset = (now - datetime.now(CAMPUS_TIME)).total_seconds()
    university = populate(seed, students, now, catalogue, say)
    for system in SYSTEMS:
        _fill(where, system.id, partial(PROTOCOLS[system.protocol].seed, university=university, campus=system.campus))
        say(f"{system.id} filled")
    _fill(where, "identity", partial(identity.seed, university=university))
    return {
        "format": _FORMAT,
        "seed": seed,
        "students": students,
        "now": now.isoformat(),
        "offset": offset,
        "catalogue": _fingerprint(wanted.catalogue) if wanted.catalogue else None,
        "term": catalogue.term if catalogue else None,
        "terms": {campus.code: [term.code for term in campus.terms] for campus in university.campuses.values()},
        "secrets": {system.id: _secret(system) for system in SYSTEMS},
        "ports": {},
    }


def _fill(where: DataDir, name: str, seed: Callable[[sqlite3.Connection], None]) -> None:
    db = where.database(name)
    # Nothing to roll back to: a build that is stopped is thrown away whole.
    db.execute("PRAGMA journal_mode = OFF")
    db.execute("PRAGMA synchronous = OFF")
    seed(db)
    db.commit()
    db.close()


def _secret(system: System) -> str:
    token = secrets.token_urlsafe(24)
    # Flowable and LibreBooking know users, Koha clients, Alma long keys; what has an empty one is public.
    return {
        "flowable": f"gateway:{token}",
        "koha": f"gateway:{token}",
        "librebooking": f"gateway:{token}",
        "alma": f"l7{secrets.token_hex(16)}",
        "gtfs": "",
        "atom": "",
        "hkma": "",
        "sru": "",
    }.get(system.protocol, token)
