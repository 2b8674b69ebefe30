"""What counts as the same of two ways to say how a person is reached, and which countries there are."""

from babel.core import get_global

from campus.contacts import ContactDetails, ContactPart, ContactSyncState, PersonToCall, PostalAddress, written
from campus.countries import THREE_LETTERS, TWO_LETTERS

HOME = PostalAddress(street="1 Road", city="Sai Kung", post_code=None, country="HK")
HELD = ContactDetails(
    private_email="Ann@X.example",
    telephone="+852 6123-4567",
    address=HOME,
    emergency_contacts=[PersonToCall(name="Bo", relation="parent", telephone="+852 1")],
)


def test_numbers_may_be_grouped_differently_and_mail_be_written_in_any_case() -> None:
    assert HELD.holds(ContactDetails(private_email="ann@x.example", telephone="+85261234567"))
    assert not HELD.holds(ContactDetails(telephone="+852 6123 4568"))
    assert not HELD.holds(ContactDetails(private_email="bo@x.example"))


def test_a_system_may_say_nothing_where_there_is_nothing_or_say_it_empty() -> None:
    in_words = PostalAddress(street="1 Road", city="Sai Kung", post_code="", country="HK")
    assert ContactDetails(address=in_words).holds(ContactDetails(address=HOME))
    elsewhere = PostalAddress(street="1 Road", city="Sai Kung", post_code="1", country="HK")
    assert not ContactDetails(address=elsewhere).holds(ContactDetails(address=HOME))


def test_only_what_is_wanted_is_looked_at() -> None:
    assert HELD.holds(ContactDetails(address=HOME))
    assert HELD.holds(ContactDetails())
    assert not ContactDetails().holds(HELD)
    assert HELD.parts == frozenset(ContactPart)


def test_whom_to_call_is_the_same_in_the_same_order_only() -> None:
    two = [PersonToCall(name=name, relation="other", telephone="1") for name in ("A", "B")]
    held = ContactDetails(emergency_contacts=two)
    assert held.holds(ContactDetails(emergency_contacts=list(two)))
    assert not held.holds(ContactDetails(emergency_contacts=two[::-1]))


def test_what_a_write_came_to_is_told_by_what_was_held_before_and_after() -> None:
    wanted, other = ContactDetails(telephone="+852 2"), ContactDetails(telephone="+852 3")
    agreed = written(HELD, wanted, wanted)
    assert agreed is not None
    assert agreed.state is ContactSyncState.IN_AGREEMENT
    assert written(HELD, HELD, wanted) is None
    overwritten = written(HELD, other, wanted)
    assert overwritten is not None
    assert overwritten.state is ContactSyncState.CONFLICT


def test_countries_are_those_of_the_standard() -> None:
    assert len(THREE_LETTERS) == len(TWO_LETTERS) == 249
    told = {"HK": "HKG", "CN": "CHN", "MO": "MAC", "TW": "TWN", "GB": "GBR", "QA": "QAT", "RS": "SRB", "DE": "DEU"}
    assert {two: THREE_LETTERS[two] for two in told} == told
    assert {"XX", "EU", "ZZ", "XK", "UK", "hk"} & set(THREE_LETTERS) == set()
    # As Unicode CLDR has them, which has withdrawn codes, too.
    aliases = get_global("territory_aliases")
    assert {two: aliases[three] for two, three in THREE_LETTERS.items()} == {two: [two] for two in THREE_LETTERS}
