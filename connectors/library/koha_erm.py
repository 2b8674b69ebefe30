"""Koha's module for e-resources (ERM): packages, the agreements they belong to, and the licences of these.

Source: the OpenAPI document of Koha (api/v1/swagger, paths erm_…), and its controllers Koha/REST/V1/ERM. The module has
no field for a link, campuses or affiliations; which of the library's own additional fields are these, our settings say.
"""

from collections import defaultdict
from collections.abc import Mapping

from connectors.wire import UpstreamBadResponse, segment

from .e_resource_records import EResource, EResourceKind, LicenceTerms
from .koha_erm_shapes import (
    AgreementOnWire,
    AgreementRow,
    FieldOnWire,
    LicenceOnWire,
    PackageOnWire,
    ResourceOnWire,
    TitleOnWire,
)
from .koha_licences import terms_of, values
from .koha_lists import NO_HEADERS, KohaLists, Row

PACKAGES = "/api/v1/erm/eholdings/local/packages"
AGREEMENTS = "/api/v1/erm/agreements"

KINDS: Mapping[str, tuple[EResourceKind, str]] = {
    "AbstractAndIndex": (EResourceKind.DATABASE, "Abstract and index"),
    "AggregatedFullText": (EResourceKind.DATABASE, "Aggregated full"),
    "EBook": (EResourceKind.EBOOK_COLLECTION, "E-book"),
    "EJournal": (EResourceKind.JOURNAL, "E-journal"),
    "MixedContent": (EResourceKind.OTHER, "Mixed content"),
    "OnlineReference": (EResourceKind.DATABASE, "Online reference"),
    "Software": (EResourceKind.SOFTWARE, "Software"),
    "StreamingMedia": (EResourceKind.OTHER, "Streaming media"),
    "Unknown": (EResourceKind.OTHER, "Unknown"),
}
"""Koha's content types and what it calls them; Software is one that the library adds."""

PRINT = "Print"
"""A package of this content type is on shelves."""

FREE = "F"

FIELDS: Mapping[str, str] = {"link_field": "package", "campuses_field": "license", "affiliations_field": "license"}
"""Options that name an additional field of the library's, and what it is a field of."""

EXTENDED = "extended_attributes"


class KohaErm(KohaLists):
    """What a Koha says of e-resources."""

    async def e_resources(self) -> list[EResource]:
        """Every local package that is online, with what the agreements on it say: each of these is a call."""
        fields = await self._fields()
        terms = await self._terms(fields)
        counted = f"resources+count,{EXTENDED}" if "link_field" in fields else "resources+count"
        listed = await self._ordered(PACKAGES, "package_id", PackageOnWire, counted)
        return [
            self._resource(row, await self._only_title(row), fields, terms[str(row.package_id)])
            for row in listed
            if row.content_type != PRINT
        ]

    async def _fields(self) -> Mapping[str, int]:
        """Koha's numbers of the additional fields that the settings name, by option."""
        options = self.system.options
        wanted = {option: (kind, options[option]) for option, kind in FIELDS.items() if options.get(option)}
        if not wanted:
            return {}
        rows = await self._rows("/api/v1/erm/extended_attribute_types", (), FieldOnWire)
        numbers = {(row.resource_type, row.name): row.extended_attribute_type_id for row in rows}
        if missing := [option for option, field in wanted.items() if field not in numbers]:
            raise UpstreamBadResponse(self.system.id, f"no additional field of the name in {', '.join(missing)}")
        return {option: numbers[field] for option, field in wanted.items()}

    async def _terms(self, fields: Mapping[str, int]) -> Mapping[str, tuple[LicenceTerms, ...]]:
        """By package."""
        rows = await self._ordered(AGREEMENTS, "agreement_id", AgreementRow)
        # One after the other: nobody waits for a list that is kept.
        agreements = [await self._agreement(row.agreement_id) for row in rows]
        told = EXTENDED if fields.keys() - {"link_field"} else ""
        listed = await self._ordered("/api/v1/erm/licenses", "license_id", LicenceOnWire, told)
        licences = {licence.license_id: licence for licence in listed}
        found: defaultdict[str, tuple[LicenceTerms, ...]] = defaultdict(tuple)
        for agreement in agreements:
            if any(each.license_id not in licences for each in agreement.agreement_licenses):
                raise UpstreamBadResponse(self.system.id, "an agreement under a licence that is not there")
            for package in agreement.agreement_packages:
                found[str(package.package_id)] += terms_of(agreement, licences, fields)
        return found

    async def _agreement(self, number: int) -> AgreementOnWire:
        embed = {"x-koha-embed": "periods,agreement_licenses,agreement_packages"}
        return self._line.read(await self._line.get(f"{AGREEMENTS}/{number}", headers=embed), AgreementOnWire)

    async def _only_title(self, package: PackageOnWire) -> TitleOnWire | None:
        """The title of a package that has but one, as databases and software have."""
        if package.resources_count != 1:
            return None
        path = f"{PACKAGES}/{segment(str(package.package_id))}/resources"
        rows = await self._rows(path, (), ResourceOnWire, {"x-koha-embed": "title"})
        return rows[0].title if len(rows) == 1 else None

    async def _ordered(self, path: str, key: str, shape: type[Row], embed: str = "") -> list[Row]:
        headers = {"x-koha-embed": embed} if embed else NO_HEADERS
        return await self._rows(path, (("_order_by", key),), shape, headers)

    def _resource(
        self,
        package: PackageOnWire,
        title: TitleOnWire | None,
        fields: Mapping[str, int],
        licences: tuple[LicenceTerms, ...],
    ) -> EResource:
        content = package.content_type or "Unknown"
        kind, label = KINDS.get(content, (EResourceKind.OTHER, content))
        links = values(package.extended_attributes, fields.get("link_field"))
        return EResource(
            system=self.system.id,
            campus=self.system.campus,
            id=str(package.package_id),
            name=package.name,
            kind=kind,
            kind_label=label,
            access_url=min(links, default=None) or (title and title.title_url) or None,
            licences=None if title and title.access_type == FREE else licences,
        )
