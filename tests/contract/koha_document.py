"""What Koha's OpenAPI document says of the operations that are asked here: parameters, statuses, members and types.

The document lies in the public repository Koha-Community/Koha (api/v1/swagger/paths and definitions); this is what was
read in it. Members are written `name:type`, with i integer, n number, s string, b boolean, d date, t date and time,
o object, a array of whatever, and ? where null is allowed; no other members are.
"""

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple
from urllib.parse import unquote

from .wire import Exchange

LIST = frozenset({"_match", "_order_by", "_page", "_per_page", "q"})

SHAPES: dict[str, str] = {
    "checkout": """
        checkout_id:i patron_id:i item_id:i? due_date:t library_id:s? issuer_id:i? checkin_date:t? last_renewed_date:t?
        renewals_count:i? unseen_renewals:i? auto_renew:b auto_renew_error:s? timestamp:s checkout_date:t
        onsite_checkout:b note:s? note_date:d? note_seen:b? issuer:o? item:o? library:o? patron:o?""",
    "allows_renewal": "allows_renewal:b max_renewals:i current_renewals:i unseen_renewals:i error:s?",
    "hold": """
        hold_id:i patron_id:i hold_date:d? biblio_id:i item_group_id:s? pickup_library_id:s? desk_id:i?
        cancellation_date:d? cancellation_reason:s? notes:s? priority:i? status:s? timestamp:t item_id:s?
        waiting_date:d? expiration_date:d? lowest_priority:b suspended:b suspended_until:t? non_priority:b item_type:s?
        item_level:b cancellation_requested:b?""",
    "library": """
        library_id:s name:s address1:s? address2:s? address3:s? postal_code:s? city:s? state:s? country:s? phone:s?
        fax:s? email:s? illemail:s? reply_to_email:s? return_path_email:s? url:s? ip:s? notes:s? geolocation:s?
        marc_org_code:s? pickup_location:b public:b smtp_server:o? needs_override:b cash_registers:a? desks:a?""",
    "item": """
        item_id:i biblio_id:i external_id:s? acquisition_date:d? acquisition_source:s? bookable:b home_library_id:s?
        purchase_price:n? replacement_price:n? replacement_price_date:d? last_checkout_date:d? last_seen_date:t?
        not_for_loan_status:i effective_not_for_loan_status:i damaged_status:i damaged_date:s? lost_status:i
        lost_date:t? withdrawn:i withdrawn_date:t? callnumber:s? coded_location_qualifier:s? checkouts_count:i?
        renewals_count:i? holds_count:i? restricted_status:i? public_notes:s? internal_notes:s? holding_library_id:s?
        timestamp:t location:s? permanent_location:s? checked_out_date:d? call_number_source:s? call_number_sort:s?
        collection_code:s? materials_notes:s? uri:s? item_type_id:s? effective_item_type_id:s? extended_subfields:s?
        serial_issue_number:s? copy_number:s? inventory_number:s? new_status:s? exclude_from_local_holds_priority:b
        return_claims:a return_claim:o? cover_image_ids:a? item_group_item:o? serialitem:o? biblio:o? checkout:o?
        transfer:o? first_hold:o? recall:o? item_type:o? in_bundle:b? bundle_host:o? bundle_items_lost_count:i?
        bundle_items_not_lost_count:i? course_item:o? _strings:o?""",
    "patron": """
        patron_id:i cardnumber:s? surname:s? firstname:s? preferred_name:s? middle_name:s? title:s? other_name:s?
        initials:s? pronouns:s? street_number:s? street_type:s? address:s? address2:s? city:s? state:s? postal_code:s?
        country:s? email:s? phone:s? mobile:s? fax:s? secondary_email:s? secondary_phone:s? date_of_birth:d?
        library_id:s category_id:s date_enrolled:d? expiry_date:d? date_renewed:d? incorrect_address:b?
        patron_card_lost:b? restricted:b staff_notes:s? relationship_type:s? gender:s? userid:s? opac_notes:s?
        statistics_1:s? statistics_2:s? autorenew_checkouts:b sms_number:s? sms_provider_id:i? privacy:i
        check_previous_checkout:s updated_on:t last_seen:t? lang:s login_attempts:i? anonymized:b protected:b""",
    "line": """
        account_line_id:i checkout_id:i? patron_id:i item_id:i? date:t amount:n description:s? account_type:s?
        debit_type:s? credit_type:s? payment_type:s? amount_outstanding:n last_increment:n? timestamp:t
        internal_note:s? user_id:i? library_id:s? interface:s? status:s? cash_register_id:i?""",
    "sum": "total:n lines:a",
    "account": "balance:n outstanding_credits:o outstanding_debits:o",
    "token": "access_token:s token_type:s expires_in:i",
    "field": """
        extended_attribute_type_id:i resource_type:s name:s authorised_value_category_name:s? marc_field:s
        marc_field_mode:s searchable:b repeatable:b""",
    "value": "id:s field_id:i record_id:s value:s",
    "package": """
        package_id:s vendor_id:i? name:s provider:s? external_id:s? koha_internal_id:i? package_type:s? content_type:s?
        notes:s? created_on:s? package_agreements:a resources:a vendor:o? is_selected:b? resources_count:i?
        extended_attributes:a _strings:o?""",
    "resource": """
        resource_id:s title_id:i? package_id:s? vendor_id:i? started_on:s? ended_on:s? proxy:s? title:o? package:o?
        vendor:o? is_selected:b?""",
    "title": """
        title_id:i biblio_id:i? publication_title:s external_id:s? print_identifier:s? online_identifier:s?
        date_first_issue_online:s? num_first_vol_online:s? num_first_issue_online:s? date_last_issue_online:s?
        num_last_vol_online:s? num_last_issue_online:s? title_url:s? first_author:s? embargo_info:s? coverage_depth:s?
        notes:s? publisher_name:s? publication_type:s? date_monograph_published_print:s?
        date_monograph_published_online:s? monograph_volume:s? monograph_edition:s? first_editor:s?
        parent_publication_title_id:s? preceding_publication_title_id:s? access_type:s? is_selected:b? resources:a""",
    "license": """
        license_id:i vendor_id:i? name:s description:s? type:s status:s started_on:d? ended_on:d? user_roles:a
        documents:a vendor:o? extended_attributes:a _strings:o?""",
    "agreement": """
        agreement_id:i vendor_id:i? name:s description:s? status:s closure_reason:s? is_perpetual:b renewal_priority:s?
        license_info:s? periods:a user_roles:a agreement_relationships:a agreement_licenses:a agreement_packages:a
        documents:a vendor:o?""",
    "period": """
        agreement_period_id:i agreement_id:i started_on:d ended_on:d? cancellation_deadline:d? notes:s?""",
    "agreement_license": """
        agreement_license_id:i agreement_id:i license_id:i status:s physical_location:s? notes:s? uri:s?""",
    "agreement_package": "package_id:i agreement_id:i",
    "new hold": """
        patron_id:i biblio_id:i? item_group_id:i? hold_date:d? item_id:i? pickup_library_id:s expiration_date:d?
        notes:s? item_type:s? non_priority:b?""",
}
SHAPES["patron to be updated"] = " ".join(
    # The first three must be there; the others are refused, since they can only be read.
    word.replace("surname:s?", "surname:s")
    for word in SHAPES["patron"].split()
    if word.partition(":")[0] not in ("patron_id", "restricted", "anonymized")
)
NEEDED: Mapping[str, frozenset[str]] = {"patron to be updated": frozenset({"surname", "library_id", "category_id"})}
WITHIN: Mapping[str, Mapping[str, str]] = {
    "package": {"extended_attributes": "value"},
    "license": {"extended_attributes": "value"},
    "agreement": {
        "periods": "period", "agreement_licenses": "agreement_license", "agreement_packages": "agreement_package",
    },
    "resource": {"title": "title"},
    "account": {"outstanding_credits": "sum", "outstanding_debits": "sum"},
    "sum": {"lines": "line"},
}  # fmt: skip
"""Members of which it is said what is in them: in one thing, or in each of an array."""

PATRONS_QUERY = frozenset(re.findall(r"(\w+):", SHAPES["patron"])) - {"preferred_name", "middle_name", "pronouns"}
HOLDS_QUERY = frozenset(re.findall(r"(\w+):", SHAPES["hold"])) - {
    "desk_id",
    "cancellation_reason",
    "item_type",
    "item_level",
    "cancellation_requested",
}


class Operation(NamedTuple):
    answers: Mapping[int, str]
    """Status to the shape of the body; `[…]` is an array of them, empty is no body or one that is not described."""
    query: frozenset[str] = frozenset()
    embeds: frozenset[str] = frozenset()
    overrides: frozenset[str] = frozenset()
    body: str = ""


REFUSALS = dict.fromkeys((400, 401, 403, 404, 500, 503), "error")
"""What every operation may answer besides: not each lists 400 and 401, and all give them."""

OPERATIONS: Mapping[tuple[str, str], Operation] = {
    ("POST", "/oauth/token"): Operation({200: "token"}),
    ("GET", "/patrons"): Operation({200: "[patron]"}, LIST | PATRONS_QUERY, frozenset({"extended_attributes"})),
    ("GET", "/patrons/{}"): Operation({200: "patron"}),
    ("PUT", "/patrons/{}"): Operation({200: "patron", 409: "error"}, body="patron to be updated"),
    ("GET", "/patrons/{}/account"): Operation({200: "account"}),
    ("GET", "/checkouts"): Operation(
        {200: "[checkout]"}, LIST | {"patron_id", "checked_in"}, frozenset({"issuer", "renewals"})
    ),
    ("GET", "/checkouts/{}"): Operation({200: "checkout"}, embeds=frozenset({"issuer", "renewals"})),
    ("GET", "/checkouts/{}/allows_renewal"): Operation({200: "allows_renewal"}),
    ("POST", "/checkouts/{}/renewals"): Operation({201: "checkout"}, frozenset({"seen"})),
    ("POST", "/checkouts/{}/renewal"): Operation({201: "checkout"}, frozenset({"seen"})),
    ("GET", "/holds"): Operation({200: "[hold]"}, LIST | HOLDS_QUERY, frozenset({"cancellation_requested"})),
    # That a patron is refused with 409 is in the controller and not in the document.
    ("POST", "/holds"): Operation({201: "hold", 409: "error"}, overrides=frozenset({"any"}), body="new hold"),
    ("DELETE", "/holds/{}"): Operation({202: "", 204: ""}, overrides=frozenset({"cancellation-request-flow"})),
    ("GET", "/libraries"): Operation({200: "[library]"}, LIST, frozenset({"smtp_server"})),
    ("GET", "/items"): Operation({200: "[item]"}, LIST | {"external_id"}, frozenset({"+strings", "biblio"})),
    ("GET", "/biblios"): Operation({200: ""}, LIST),
    ("GET", "/biblios/{}"): Operation({200: ""}),
    ("GET", "/biblios/{}/items"): Operation({200: "[item]"}, LIST),
    ("GET", "/erm/extended_attribute_types"): Operation({200: "[field]"}, LIST | {"resource_type"}),
    ("GET", "/erm/eholdings/local/packages"): Operation(
        {200: "[package]"},
        LIST
        | {"package_id", "vendor_id", "name", "external_package_id", "package_type", "content_type", "notes"}
        | {"created_on"},
        frozenset({"vendor", "vendor.name", "resources", "resources+count", "extended_attributes", "+strings"}),
    ),
    ("GET", "/erm/eholdings/local/packages/{}/resources"): Operation(
        {200: "[resource]"}, LIST | {"resource_id", "started_on", "ended_on", "proxy"}, frozenset({"title"})
    ),
    ("GET", "/erm/licenses"): Operation(
        {200: "[license]"},
        LIST | {"license_id", "vendor_id", "name", "type", "status", "started_on", "ended_on"},
        frozenset({"vendor", "extended_attributes", "+strings"}),
    ),
    ("GET", "/erm/agreements"): Operation(
        {200: "[agreement]"},
        LIST
        | {"agreement_id", "vendor_id", "name", "description", "status", "closure_reason", "is_perpetual"}
        | {"renewal_priority", "license_info", "max_expiration_date"},
        frozenset({"user_roles", "vendor", "extended_attributes", "+strings"}),
    ),
    ("GET", "/erm/agreements/{}"): Operation(
        {200: "agreement"},
        embeds=frozenset({"periods", "agreement_licenses", "agreement_licenses.license", "agreement_packages"}),
    ),
}


def keep_to_the_document(seen: list[Exchange]) -> None:
    """Every exchange is one that the document allows, question and answer."""
    assert seen, "nothing was asked"
    for each in seen:
        path = re.sub(r"/\d+(?=/|$)", "/{}", unquote(each.path).removeprefix("/api/v1"))
        operation = OPERATIONS[each.method, path]
        assert {name for name, _ in each.query} <= operation.query, each.target
        for name, value in each.query:
            assert name not in ("patron_id", "_page", "_per_page") or int(value), each.target
            assert name != "_match" or value in ("contains", "exact", "starts_with", "ends_with"), each.target
        for header, allowed in (("x-koha-embed", operation.embeds), ("x-koha-override", operation.overrides)):
            assert set(filter(None, each.headers.get(header, "").split(","))) <= allowed, each.target
        if operation.body:
            fits(operation.body, json.loads(each.body))
        elif path != "/oauth/token":
            assert not each.body, each.target
        _answered(operation, each)


def _answered(operation: Operation, each: Exchange) -> None:
    shape = {**REFUSALS, **operation.answers}[each.status]
    if shape == "error":
        told = json.loads(each.answer)
        # What does not fit the operation's schema is told by Koha's validator, in words of its own.
        assert isinstance(told["errors"] if "errors" in told else told["error"], list | str)
    elif shape.startswith("["):
        for row in json.loads(each.answer):
            fits(shape.strip("[]"), row)
    elif shape:
        fits(shape, json.loads(each.answer))


def fits(shape: str, value: dict[str, Any]) -> None:
    types = dict(word.split(":") for word in SHAPES[shape].split())
    assert set(value) <= set(types), f"{shape} has no {sorted(set(value) - set(types))}"
    assert NEEDED.get(shape, frozenset()) <= set(value), f"{shape} needs {sorted(NEEDED[shape])}"
    for name, each in value.items():
        wanted = types[name]
        if each is None:
            assert wanted.endswith("?"), f"{shape}.{name} may not be null"
        else:
            assert _is(wanted[0], each), f"{shape}.{name}: {each!r} is no {wanted}"
    for name, inside in WITHIN.get(shape, {}).items():
        within = value.get(name) or ()
        for each in [within] if isinstance(within, dict) else within:
            fits(inside, each)


def _is(kind: str, value: Any) -> bool:
    if kind == "d":
        return str(date.fromisoformat(value)) == value
    if kind == "t":
        return datetime.fromisoformat(value).tzinfo is not None
    types: dict[str, tuple[type, ...]] = {
        "i": (int,), "n": (int, float), "s": (str,), "b": (bool,), "o": (dict,), "a": (list,),
    }  # fmt: skip
    return isinstance(value, types[kind]) and (kind == "b" or not isinstance(value, bool))
