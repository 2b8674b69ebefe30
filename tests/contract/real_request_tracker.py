"""A real Request Tracker 5 for a test: Debian's, with a database of its own in a folder of the test's."""

import asyncio
import os
import re
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

SERVER = Path("/usr/share/request-tracker5/libexec/rt-server")
SET_UP = Path("/usr/sbin/rt-setup-database-5")
ADDED = Path(__file__).parent / "request_tracker" / "desk.pl"

SITE = """\
Set($rtname, 'desk');
Set($Organization, 'desk');
Set($DatabaseType, 'SQLite');
Set($DatabaseName, '{folder}/rt.sqlite');
Set($WebPath, '');
Set($WebDomain, '127.0.0.1');
Set($WebPort, {port});
Set($MailCommand, 'testfile');
Set($LogToSyslog, undef);
Set($LogToSTDERR, 'error');
Set($Timezone, 'UTC');
Set($BcryptCost, 4);
Set($HTMLFormatter, 'core');
1;
"""
"""The last two spare what nothing here is about: a quarter second of hashing for each request that shows a token, and
two programs started for each mail of a ticket, to make plain text of it.
"""


def installed() -> bool:
    return SERVER.exists() and SET_UP.exists()


@asynccontextmanager
async def real_request_tracker(folder: Path) -> AsyncIterator[tuple[str, dict[str, str]]]:
    """Its origin, and authentication tokens by user: root, campus-gateway, without-rights."""
    # The socket listens before RT does, so that nobody has to wait for it; Starlet takes it over as it would
    # from Server::Starter.
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        site = folder / "RT_SiteConfig.pm"
        site.write_text(SITE.format(folder=folder, port=port))
        environ = {**os.environ, "RT_SITE_CONFIG": str(site), "RT_SITE_CONFIG_DIR": os.devnull}
        nobody = ("--skip-create", "--dba", "", "--dba-password", "none")  # SQLite has no administrator
        await _run(environ, str(SET_UP), "--action", "init", *nobody)
        said = await _run(environ, str(SET_UP), "--action", "insert", "--datafile", str(ADDED), *nobody)
        process = await asyncio.create_subprocess_exec(
            str(SERVER),
            *("--max-workers", "2"),
            env={**environ, "SERVER_STARTER_PORT": f"127.0.0.1:{port}={listening.fileno()}"},
            pass_fds=[listening.fileno()],
            start_new_session=True,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
    try:
        yield f"http://127.0.0.1:{port}", dict(re.findall(r"token of (\S+): (\S+)", said))
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        await process.wait()


async def _run(environ: dict[str, str], *command: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *command, env=environ, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await asyncio.wait_for(process.communicate(), timeout=60)
    assert process.returncode == 0, said.decode()
    return said.decode()
