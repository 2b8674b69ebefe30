"""What Koha's module for e-resources (ERM) answers, under its own names: only what is read."""

from datetime import date

from msgspec import Struct, field


class FieldOnWire(Struct):
    """An additional field: a column that the library has added to licences, packages …"""

    extended_attribute_type_id: int
    resource_type: str
    name: str | None = None


class ValueOnWire(Struct):
    """What stands in an additional field; a field that repeats has several."""

    field_id: int
    value: str | None = None


class PackageOnWire(Struct):
    package_id: int | str
    """The document has a string here, and an integer where agreements name it."""
    name: str
    content_type: str | None = None
    resources_count: int | None = None
    extended_attributes: list[ValueOnWire] = field(default_factory=list)


class TitleOnWire(Struct):
    """In the words of KBART (NISO RP-9-2014)."""

    title_url: str | None = None
    access_type: str | None = None
    """F free, P paid."""


class ResourceOnWire(Struct):
    """A title as one package has it."""

    title: TitleOnWire | None = None


class LicenceOnWire(Struct):
    license_id: int
    status: str
    started_on: date | None = None
    ended_on: date | None = None
    extended_attributes: list[ValueOnWire] = field(default_factory=list)


class AgreementRow(Struct):
    """In the list, which tells neither periods nor licences nor packages."""

    agreement_id: int


class PeriodOnWire(Struct):
    started_on: date
    ended_on: date | None = None


class AgreementLicence(Struct):
    license_id: int
    status: str
    """controlling for the one that holds, at most one of an agreement; future, history."""


class AgreementPackage(Struct):
    package_id: int | str


class AgreementOnWire(Struct):
    agreement_id: int
    status: str
    is_perpetual: bool
    periods: list[PeriodOnWire] = field(default_factory=list)
    agreement_licenses: list[AgreementLicence] = field(default_factory=list)
    agreement_packages: list[AgreementPackage] = field(default_factory=list)
