"""What the simulated libraries have licences of, and whom these let in, by plain GETs."""

from collections.abc import Mapping, Set
from datetime import date
from typing import Any, NamedTuple

from tests.simulated_campus import SimulatedCampus, SimulatedSystem

from .plain_reads import TODAY


class Who(NamedTuple):
    """Somebody, as their token names them."""

    campuses: Set[str]
    affiliations: Set[str]


Held = Mapping[tuple[str, str], tuple[str, bool | None]]
"""(campus, name) -> (link, whether a licence lets in who asks: None where the library does not tell)."""


async def e_resources(campus: SimulatedCampus, who: Who) -> Held:
    return {**await _of_clear_water_bay(campus, who), **await _of_guangzhou(campus, who)}


async def _of_clear_water_bay(campus: SimulatedCampus, who: Who) -> Held:
    library = campus.systems["library-cwb"]
    listed = await library.get("/almaws/v1/electronic/e-collections", {"limit": "100"})
    licences = await library.get("/almaws/v1/acq/licenses", {"limit": "100"})
    by_code = {row["code"]: row for row in licences["license"]}
    told = {}
    for row in listed["electronic_collection"]:
        licence = by_code.get(row["license"]["value"], {"status": {"value": "ACTIVE"}, "term": []})
        terms = {term["code"]["value"]: term["value"]["value"] for term in licence["term"]}
        lets_in = {code.removeprefix("AUTH_").lower() for code, value in terms.items() if value == "YES"}
        where = {setting["group"]["value"] for setting in row["group_settings"]} or {"CWB"}
        suits = bool(lets_in & who.affiliations) or not any(code.startswith("AUTH_") for code in terms)
        licensed = licence["status"]["value"] == "ACTIVE" and bool(where & who.campuses) and suits
        told["CWB", row["public_name"]] = (row["url"], row["free"]["value"] == "1" or licensed)
    return told


async def _of_guangzhou(campus: SimulatedCampus, who: Who) -> Held:
    koha = campus.systems["library-gz"]
    everything, erm = {"_per_page": "-1"}, "/api/v1/erm"
    licences = {
        row["license_id"]: row
        for row in await koha.get(f"{erm}/licenses", everything, x_koha_embed="extended_attributes")
    }
    verdicts: dict[int, list[bool | None]] = {}
    for row in await koha.get(f"{erm}/agreements", everything):
        agreement = await koha.get(
            f"{erm}/agreements/{row['agreement_id']}",
            x_koha_embed="periods,agreement_licenses,agreement_packages",
        )
        (controlling,) = [each for each in agreement["agreement_licenses"] if each["status"] == "controlling"]
        verdict = _lets_in(agreement, licences[controlling["license_id"]], who)
        for package in agreement["agreement_packages"]:
            verdicts.setdefault(package["package_id"], []).append(verdict)
    told: dict[tuple[str, str], tuple[str, bool | None]] = {}
    embed = "resources+count,extended_attributes"
    for row in await koha.get(f"{erm}/eholdings/local/packages", everything, x_koha_embed=embed):
        if row["content_type"] == "Print":
            continue
        link, free = await _link(koha, row)
        ours = verdicts.get(int(row["package_id"]), [])
        unknown = not ours or (None in ours and True not in ours)
        told["GZ", row["name"]] = (link, True if free else None if unknown else True in ours)
    return told


async def _link(koha: SimulatedSystem, package: Mapping[str, Any]) -> tuple[str, bool]:
    """Where it is used, and whether that is free."""
    if package["resources_count"] > 1:
        return package["extended_attributes"][0]["value"], False
    path = f"/api/v1/erm/eholdings/local/packages/{package['package_id']}/resources"
    (resource,) = await koha.get(path, x_koha_embed="title")
    return resource["title"]["title_url"], resource["title"]["access_type"] == "F"


def _lets_in(agreement: Mapping[str, Any], licence: Mapping[str, Any], who: Who) -> bool | None:
    fields = {2: set(), 3: set()}  # type: dict[int, set[str]]
    for each in licence["extended_attributes"]:
        fields[each["field_id"]].add(each["value"])
    runs = _covers(licence["started_on"], licence["ended_on"]) and (
        agreement["is_perpetual"]
        or not agreement["periods"]
        or any(_covers(each["started_on"], each["ended_on"]) for each in agreement["periods"])
    )
    suits = bool((fields[2] or {"GZ"}) & who.campuses) and (not fields[3] or bool(fields[3] & who.affiliations))
    if not runs or not suits or agreement["status"] != "active" or licence["status"] == "expired":
        return False
    return True if licence["status"] == "active" else None


def _covers(begins: str | None, ends: str | None) -> bool:
    return (begins is None or date.fromisoformat(begins) <= TODAY) and (
        ends is None or date.fromisoformat(ends) >= TODAY
    )
