"""What Request Tracker's REST2 shows of its records: references, fields on demand, whole records, permitted actions."""

import base64
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .ticket_desk import CUSTOM_FIELDS, QUEUES, custom_fields_of

_QUEUE_IDS = {name: number for number, (name, _) in QUEUES.items()}

# The default lifecycle of RT 5: (from, to, label, how one says it).
REACHED_BY = {
    "MobilePhone": "mobile",
    "Address1": "street",
    "Address2": "further",
    "City": "city",
    "State": "state",
    "Zip": "post_code",
    "Country": "country",
}
"""How a user is reached, by RT's words and ours."""

LIFECYCLE = (
    ("new", "open", "Open It", "Respond"),
    ("new", "resolved", "Resolve", "Comment"),
    ("new", "rejected", "Reject", "Respond"),
    ("open", "stalled", "Stall", "Comment"),
    ("open", "resolved", "Resolve", "Comment"),
    ("open", "rejected", "Reject", "Respond"),
    ("stalled", "open", "Open It", ""),
    ("resolved", "open", "Re-open", "Comment"),
    ("rejected", "open", "Re-open", "Comment"),
)


@dataclass(frozen=True, slots=True)
class Records:
    """Reads records for one request; `root` is the API's own address, which RT puts into every reference."""

    db: sqlite3.Connection
    root: str

    def reference(self, kind: str, id_: object) -> dict[str, Any]:
        """How RT names a record: numbers are strings here."""
        return {"type": kind, "id": str(id_), "_url": f"{self.root}/{kind}/{id_}"}

    def ticket(self, number: int) -> dict[str, Any] | None:
        row = self._row("select * from ticket where id = ?", number)
        if row is None:
            return None
        requestors = self.db.execute("select address from requestor where ticket = ? order by rowid", (number,))
        fields = custom_fields_of(self.db, number)
        return {
            # The one place where RT writes a ticket's number as a number.
            "id": number,
            "EffectiveId": self.reference("ticket", number),
            "Type": "ticket",
            "Subject": row["subject"],
            "Status": row["status"],
            "Queue": self.reference("queue", _QUEUE_IDS[row["queue"]]),
            "Owner": self.reference("user", row["owner"]),
            "Creator": self.reference("user", row["creator"]),
            "LastUpdatedBy": self.reference("user", row["last_updated_by"]),
            "Requestor": [self.reference("user", address) for (address,) in requestors],
            "Cc": [],
            "AdminCc": [],
            "Created": row["created"],
            "LastUpdated": row["last_updated"],
            "Started": row["started"],
            "Resolved": row["resolved"],
            "Due": row["due"],
            "Starts": "1970-01-01T00:00:00Z",
            "Priority": str(row["priority"]),
            "InitialPriority": str(row["priority"]),
            "FinalPriority": "0",
            "TimeWorked": "0",
            "TimeEstimated": "0",
            "TimeLeft": "0",
            "CustomFields": [
                {**self.reference("customfield", number), "name": name, "values": fields[name]}
                for number, name in CUSTOM_FIELDS.items()
                if name in fields
            ],
        }

    def actions(self, number: int, status: str) -> list[dict[str, Any]]:
        """`_hyperlinks`: where one may go from here."""
        url = f"{self.root}/ticket/{number}"
        links: list[dict[str, Any]] = [
            {"ref": "self", "type": "ticket", "id": number, "_url": url},
            {"ref": "history", "_url": f"{url}/history"},
            {"ref": "correspond", "_url": f"{url}/correspond"},
            {"ref": "comment", "_url": f"{url}/comment"},
        ]
        ways = {"Respond": "/correspond", "Comment": "/comment", "": ""}
        for start, end, label, update in LIFECYCLE:
            if start == status:
                said = {"update": update} if update else {}
                links.append(
                    {"ref": "lifecycle", "from": start, "to": end, "label": label, **said, "_url": url + ways[update]}
                )
        return links

    def etag(self, number: int) -> str:
        (last,) = self.db.execute("select max(id) from txn where ticket = ?", (number,)).fetchone()
        return str(last)

    def transaction(self, number: int) -> dict[str, Any] | None:
        row = self._row("select * from txn where id = ?", number)
        if row is None:
            return None
        attachments = self.db.execute("select id from attachment where txn = ? order by id", (number,))
        return {
            "id": number,
            "Type": row["type"],
            "Field": row["field"],
            "OldValue": row["old"],
            "NewValue": row["new"],
            "Data": row["data"],
            "Creator": self.reference("user", row["creator"]),
            "Created": row["created"],
            "TimeTaken": "0",
            "ObjectType": "RT::Ticket",
            "ObjectId": str(row["ticket"]),
            "Object": self.reference("ticket", row["ticket"]),
            "Description": _described(row),
            "_hyperlinks": [
                {"ref": "self", "type": "transaction", "id": number, "_url": f"{self.root}/transaction/{number}"},
                *({"ref": "attachment", "_url": f"{self.root}/attachment/{id_}"} for (id_,) in attachments),
            ],
        }

    def attachment(self, number: int) -> dict[str, Any] | None:
        row = self._row("select * from attachment where id = ?", number)
        if row is None:
            return None
        return {
            "id": number,
            "Filename": row["filename"],
            "ContentType": row["content_type"],
            "ContentLength": str(len(row["content"])),
            # Text too comes as Base64, in lines, as MIME has it.
            "Content": base64.encodebytes(row["content"]).decode(),
            "Creator": self.reference("user", row["creator"]),
            "Created": row["created"],
            "Parent": str(row["parent"]),
            "Subject": "",
            "TransactionId": self.reference("transaction", row["txn"]),
            "_hyperlinks": [
                {"ref": "self", "type": "attachment", "id": number, "_url": f"{self.root}/attachment/{number}"}
            ],
        }

    def queue(self, number: int) -> dict[str, Any] | None:
        if number not in QUEUES:
            return None
        name, description = QUEUES[number]
        return {
            "id": number,
            "Name": name,
            "Description": description,
            "Lifecycle": "default",
            "CorrespondAddress": "",
            "CommentAddress": "",
            "SortOrder": "0",
            "SLADisabled": "1",
            "Disabled": "0",
            "TicketCustomFields": [
                {**self.reference("customfield", id_), "name": field} for id_, field in CUSTOM_FIELDS.items()
            ],
            "_hyperlinks": [
                {"ref": "self", "type": "queue", "id": number, "_url": f"{self.root}/queue/{number}"},
                {"ref": "create", "type": "ticket", "_url": f"{self.root}/ticket?Queue={number}"},
            ],
        }

    def user(self, name: str) -> dict[str, Any] | None:
        row = self._row("select * from user where name = ?1 or cast(id as text) = ?1", name)
        if row is None:
            return None
        return {
            "id": row["id"],
            "Name": row["name"],
            "EmailAddress": row["address"],
            "RealName": row["real_name"],
            **{name: row[column] for name, column in REACHED_BY.items()},
            "Privileged": row["privileged"],
            "Disabled": "0",
            "_hyperlinks": [
                {"ref": "self", "type": "user", "id": row["name"], "_url": f"{self.root}/user/{row['name']}"}
            ],
        }

    def item(self, kind: str, id_: Any, fields: list[str], sub: Mapping[str, list[str]]) -> dict[str, Any]:
        """A row of a collection: the reference, the fields asked for, and fields of what these point to."""
        whole = getattr(self, kind)(id_)
        if kind == "attachment":
            # In a list RT tells the words as they are, and the number alone.
            words = base64.b64decode(whole["Content"]).decode("utf-8", "replace")
            whole |= {"Content": words, "TransactionId": whole["TransactionId"]["id"]}
        item = self.reference(kind, id_)
        for name in fields:
            if name == "_hyperlinks" and kind == "ticket":
                item[name] = self.actions(id_, whole["Status"])
            elif name in whole:
                item[name] = self.expanded(whole[name], sub.get(name, []))
        return item

    def expanded(self, value: Any, fields: list[str]) -> Any:
        """A reference with more of what it points to, as `fields[Queue]=Name` asks for."""
        if isinstance(value, list):
            return [self.expanded(one, fields) for one in value]
        if not (fields and isinstance(value, dict) and "_url" in value):
            return value
        key = value["id"] if value["type"] == "user" else int(value["id"])
        whole = getattr(self, value["type"])(key) or {}
        return value | {name: whole[name] for name in fields if name in whole and name != "id"}

    def _row(self, query: str, key: object) -> dict[str, Any] | None:
        cursor = self.db.execute(query, (key,))
        row = cursor.fetchone()
        return row and dict(zip((column[0] for column in cursor.description), row, strict=True))


def _described(txn: Mapping[str, Any]) -> str:
    match txn["type"]:
        case "Create":
            return "Ticket created"
        case "Correspond":
            return "Correspondence added"
        case "Comment":
            return "Comments added"
        case "Status":
            return f"Status changed from '{txn['old']}' to '{txn['new']}'"
        case "Set":
            return f"{txn['field']} changed from '{txn['old']}' to '{txn['new']}'"
    return "Outgoing email recorded"
