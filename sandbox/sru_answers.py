"""How an SRU target words its answers: hits, complaints, and what it can do."""

from collections.abc import Sequence
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from aiohttp import web

from .sru_query import QueryError

INDEXES = ("alma.all_for_ui", "alma.title", "alma.creator", "alma.isbn", "alma.mms_id")

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="no"?>'
_SRW = 'xmlns="http://www.loc.gov/zing/srw/"'
_MEANINGS = {
    4: "Unsupported operation",
    5: "Unsupported version",
    6: "Unsupported parameter value",
    7: "Mandatory parameter not supplied",
    10: "Query syntax error",
    16: "Unsupported index",
    61: "First record position out of range",
    66: "Unknown schema for retrieval",
    80: "Sort not supported",
}

WRONG_SCHEMA = f"{_HEAD}<explainResponse {_SRW}><version>1.2</version></explainResponse>".encode()


def error_body(status: int) -> tuple[str, bytes]:
    """Content type and body of the web server in front, when a question gets no further."""
    words = {401: "Unauthorized", 404: "Not Found", 429: "Too Many Requests", 500: "Internal Server Error"}
    title = f"HTTP Status {status} – {words.get(status, 'Service Unavailable')}"
    return (
        "text/html;charset=utf-8",
        f"<!doctype html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>".encode(),
    )


def found(total: int, first: int, records: Sequence[tuple[str, str]]) -> web.Response:
    """One page of hits: each record's number and its MARC in XML."""
    rows = [
        "<record><recordSchema>marcxml</recordSchema><recordPacking>xml</recordPacking>"
        f"<recordData>{marc}</recordData><recordIdentifier>{number}</recordIdentifier>"
        f"<recordPosition>{place}</recordPosition></record>"
        for place, (number, marc) in enumerate(records, first)
    ]
    following = first + len(records)
    return _xml(
        f"<searchRetrieveResponse {_SRW}><version>1.2</version><numberOfRecords>{total}</numberOfRecords>"
        + (f"<records>{''.join(rows)}</records>" if rows else "")
        + (f"<nextRecordPosition>{following}</nextRecordPosition>" if rows and following <= total else "")
        + '<extraResponseData xmlns:xb="http://www.exlibris.com/repository/search/xmlbeans/"><xb:exact>true</xb:exact>'
        f"<xb:responseDate>{datetime.now(UTC):%Y-%m-%dT%H:%M:%S%z}</xb:responseDate></extraResponseData>"
        "</searchRetrieveResponse>"
    )


def complaint(error: QueryError) -> web.Response:
    """A diagnostic of the protocol, with status 200 as all of its answers."""
    return _xml(
        f"<searchRetrieveResponse {_SRW}><version>1.2</version><numberOfRecords>0</numberOfRecords>"
        '<diagnostics xmlns:diag="http://www.loc.gov/zing/srw/diagnostic/"><diag:diagnostic>'
        f"<diag:uri>info:srw/diagnostic/1/{error.number}</diag:uri><diag:details>{escape(str(error))}</diag:details>"
        f"<diag:message>{_MEANINGS[error.number]}</diag:message></diag:diagnostic></diagnostics>"
        "</searchRetrieveResponse>"
    )


def explained(host: str) -> web.Response:
    """What can be asked: ZeeRex 2.0, as much of it as names the indexes and the schema."""
    name, _, port = host.partition(":")
    indexes = "".join(
        f'<index><title>{index}</title><map><name set="alma">{index.partition(".")[2]}</name></map></index>'
        for index in INDEXES
    )
    return _xml(
        f"<explainResponse {_SRW}><version>1.2</version><record>"
        "<recordSchema>http://explain.z3950.org/dtd/2.0/</recordSchema><recordPacking>xml</recordPacking><recordData>"
        '<explain xmlns="http://explain.z3950.org/dtd/2.0/">'
        f'<serverInfo protocol="SRU" version="1.2"><host>{name}</host><port>{port or 80}</port>'
        "<database>catalogue</database></serverInfo>"
        f'<indexInfo><set identifier="http://alma.exlibrisgroup.com/" name="alma"/>{indexes}</indexInfo>'
        '<schemaInfo><schema identifier="http://www.loc.gov/standards/marcxml/schema/MARC21slim.xsd" name="marcxml"'
        ' sort="true"/></schemaInfo>'
        '<configInfo><default type="numberOfRecords">10</default><setting type="maximumRecords">50</setting>'
        "</configInfo></explain></recordData></record></explainResponse>"
    )


def _xml(text: str) -> web.Response:
    return web.Response(body=(_HEAD + text).encode(), headers={"Content-Type": "text/xml;charset=UTF-8"})
