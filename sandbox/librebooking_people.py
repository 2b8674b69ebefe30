"""How LibreBooking tells of users and groups: what each may book, a user by groups, too."""

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from .facilities import FACILITIES, GROUPS, Facility
from .librebooking_answers import API, answer, link, not_found
from .librebooking_sessions import origin_of
from .librebooking_store import Account, Store

ACTIVE = 1


@dataclass(slots=True)
class People:
    store: Store

    async def user(self, request: web.Request) -> web.Response:
        found = self.store.account(int(request.match_info["id"]))
        return answer(_user(origin_of(request), found)) if found else not_found()

    async def group(self, request: web.Request) -> web.Response:
        number = int(request.match_info["id"])
        return answer(_group(origin_of(request), number, self.store)) if number in GROUPS else not_found()


def _user(origin: str, of: Account) -> dict[str, Any]:
    """With what they may book by themselves; what they may book by a group, the group tells."""
    return {
        "id": of.id,
        "userName": of.username,
        "firstName": of.first,
        "lastName": of.last,
        "emailAddress": of.email,
        "phoneNumber": None,
        "lastLogin": "",
        "statusId": ACTIVE,
        "timezone": "Asia/Shanghai",
        "organization": None,
        "position": None,
        "language": "en_us",
        "icsUrl": None,
        "defaultScheduleId": None,
        "currentCredits": None,
        "reservationColor": None,
        "customAttributes": [],
        "permissions": [_resource(origin, FACILITIES[number]) for number in of.permissions],
        "groups": [_membership(origin, number) for number in of.groups],
        "links": [],
        "message": None,
    }


def _resource(origin: str, of: Facility) -> dict[str, Any]:
    return {
        "id": of.id,
        "name": "",
        "type": None,
        "groups": None,
        "links": [link(origin, f"Resources/{of.id}", "get_resource")],
        "message": None,
    }


def _membership(origin: str, number: int) -> dict[str, Any]:
    return {
        "id": number,
        "name": GROUPS[number],
        "isDefault": None,
        "roleIds": None,
        "links": [link(origin, f"Groups/{number}", "get_group")],
        "message": None,
    }


def _group(origin: str, number: int, store: Store) -> dict[str, Any]:
    """Resources and users are told by their addresses alone."""
    return {
        "id": number,
        "name": GROUPS[number],
        "adminGroup": None,
        "permissions": [f"{origin}{API}/Resources/{each.id}" for each in FACILITIES.values() if each.group == number],
        "viewPermissions": [],
        "users": [f"{origin}{API}/Users/{account}" for account in store.members(number)],
        "roles": [],
        "isDefault": False,
        "links": [],
        "message": None,
    }
