"""The way to a system: certificates of a campus's own authority, a certificate of ours, a proxy where one is set."""

import asyncio
import ipaddress
import ssl
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connectors.library import Alma
from connectors.wire import UpstreamError

from .wire import reached

SECRET = "s3cret-of-the-gateway"


class Authority:
    """A certificate authority of a campus, in files as `ca_file` and `client_cert` name them."""

    def __init__(self, folder, name):
        self._folder, self._name, self._key = folder, name, ec.generate_private_key(ec.SECP256R1())
        self.ca_file = folder / f"{name}.pem"
        self._root = self._signed(name, self._key.public_key(), x509.BasicConstraints(ca=True, path_length=0))
        self.ca_file.write_bytes(self._root.public_bytes(serialization.Encoding.PEM))

    def certificate(self, name):
        """Paths of a certificate for 127.0.0.1 and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        paths = self._folder / f"{self._name}-{name}.pem", self._folder / f"{self._name}-{name}.key"
        certificate = self._signed(name, key.public_key(), address)
        paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        plain = serialization.NoEncryption()
        paths[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
        return paths

    def _signed(self, name, key, extension):
        now = datetime.now(UTC)
        issuer, subject = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, n)]) for n in (self._name, name))
        unsigned = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(hours=1))
            .add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        )
        return unsigned.sign(self._key, hashes.SHA256())


@pytest.fixture(scope="module")
def campus_authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("campus"), "campus")


@pytest.fixture(scope="module")
def other_authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("other"), "other")


@asynccontextmanager
async def library(tls=None):
    """A library without loans, and the names of the clients' certificates that asked it."""
    names = []

    async def no_loans(request: web.Request) -> web.Response:
        shown = request.transport.get_extra_info("peercert") if tls else None
        names.append(shown and dict(field[0] for field in shown["subject"])["commonName"])
        return web.json_response({"total_record_count": 0})

    app = web.Application()
    app.router.add_get("/{anything:.*}", no_loans)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
    yield f"http{'s' if tls else ''}://127.0.0.1:{runner.addresses[0][1]}", names
    await runner.cleanup()


def tls(authority, *, clients=None):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=clients and clients.ca_file)
    context.load_cert_chain(*authority.certificate("system"))
    if clients:
        context.verify_mode = ssl.CERT_REQUIRED
    return context


async def loans(origin, **access):
    async with reached(Alma, origin, SECRET, **access) as reach:
        return await reach.ask().loans("lib005x")


async def test_a_system_with_a_certificate_of_the_campus_is_trusted_by_its_ca_file(campus_authority):
    async with library(tls(campus_authority)) as (origin, _):
        assert await loans(origin, ca_file=campus_authority.ca_file) == []


async def test_a_certificate_of_anybody_else_is_not(campus_authority, other_authority):
    async with library(tls(campus_authority)) as (origin, names):
        for access in ({"ca_file": other_authority.ca_file}, {}):
            with pytest.raises(UpstreamError) as failed:
                await loans(origin, **access)
            assert failed.value.code == "UPSTREAM_UNAVAILABLE"
        assert names == []


async def test_a_certificate_for_another_host_is_not(campus_authority):
    async with library(tls(campus_authority)) as (origin, names):
        with pytest.raises(UpstreamError):
            await loans(origin.replace("127.0.0.1", "localhost"), ca_file=campus_authority.ca_file)
        assert names == []


async def test_our_own_certificate_is_shown_where_one_is_set(campus_authority):
    async with library(tls(campus_authority, clients=campus_authority)) as (origin, names):
        ours = campus_authority.certificate("campus-gateway")
        assert await loans(origin, ca_file=campus_authority.ca_file, client_cert=ours) == []
        assert names == ["campus-gateway"]


async def test_without_it_such_a_system_is_unavailable(campus_authority, other_authority):
    async with library(tls(campus_authority, clients=campus_authority)) as (origin, names):
        for access in ({}, {"client_cert": other_authority.certificate("campus-gateway")}):
            with pytest.raises(UpstreamError) as failed:
                await loans(origin, ca_file=campus_authority.ca_file, **access)
            assert failed.value.code == "UPSTREAM_UNAVAILABLE"
        assert names == []


@asynccontextmanager
async def proxy(target):
    """A forward proxy that reaches one target by whatever name, and the first line and head of each request to it."""
    asked = []

    async def forward(reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        asked.append(head)
        method, address, _ = head.split(" ", 2)
        near, far = await asyncio.open_connection("127.0.0.1", int(target.rpartition(":")[2]))
        if method == "CONNECT":
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            far.write(head.replace(address, "/" + address.split("/", 3)[3], 1).encode())
        await asyncio.gather(_pipe(reader, far), _pipe(near, writer))

    server = await asyncio.start_server(forward, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked
    server.close()


async def _pipe(source, sink):
    while piece := await source.read(65536):
        sink.write(piece)
    sink.close()


async def test_the_proxy_of_the_settings_is_used():
    async with library() as (origin, names), proxy(origin) as (through, asked):
        assert await loans("http://library.invalid", proxy=through) == []
        assert len(names) == 1
    assert asked[0].startswith("GET http://library.invalid/almaws/v1/users/lib005x/loans?")


async def test_through_a_proxy_a_secure_system_is_secure_to_its_end(campus_authority):
    async with library(tls(campus_authority)) as (origin, names), proxy(origin) as (through, asked):
        assert await loans(origin, proxy=through, ca_file=campus_authority.ca_file) == []
        assert len(names) == 1
    assert asked[0].startswith(f"CONNECT {origin.removeprefix('https://')} ")
    assert SECRET not in asked[0]


async def test_the_proxies_of_the_environment_are_not_used(monkeypatch):
    async with library() as (origin, names), proxy(origin) as (through, asked):
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, through)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        assert await loans(origin) == []
    assert (len(names), asked) == (1, [])


async def test_a_proxy_that_is_not_there_makes_the_system_unavailable():
    async with library() as (origin, names):
        with pytest.raises(UpstreamError) as failed:
            await loans(origin, proxy="http://user:pass-word@127.0.0.1:9")
        assert names == []
    assert (failed.value.code, "pass-word" in str(failed.value)) == ("UPSTREAM_UNAVAILABLE", False)
