"""What the housing and card offices of each campus run: residences with their rooms, and places where a card pays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from .finance_office import CURRENCY, RESIDENCE
from .university import Text


@dataclass(frozen=True, slots=True)
class Residence:
    code: str
    name: Text
    latitude: float
    longitude: float
    rent: Decimal
    """Per main term, as the finance office charges it; all rooms of a residence are alike."""
    beds: int


@dataclass(frozen=True, slots=True)
class Offices:
    """Of one campus."""

    account: str
    """What the university calls the number by which they know a person."""
    currency: str
    residences: Sequence[Residence]
    cards: bool
    """Whether the campus pays by card."""


OFFICES: Mapping[str, Offices] = {
    "CWB": Offices(
        "cwb_resident_id",
        CURRENCY["CWB"],
        (
            Residence("UGH6", {"en": "Undergraduate Hall VI", "zh-Hant": "本科生宿舍第六座",
                               "zh-Hans": "本科生宿舍第六座"}, 22.3341, 114.2665, Decimal(RESIDENCE["CWB"][0]), 3),
            Residence("UGH9", {"en": "Undergraduate Hall IX", "zh-Hant": "本科生宿舍第九座",
                               "zh-Hans": "本科生宿舍第九座"}, 22.3329, 114.2689, Decimal(RESIDENCE["CWB"][1]), 2),
        ),
        cards=False,
    ),
    "GZ": Offices(
        "gz_card_number",
        CURRENCY["GZ"],
        (
            Residence("D3", {"en": "Student Residence D3", "zh-Hant": "學生公寓D3棟", "zh-Hans": "学生公寓D3栋"},
                      22.8928, 113.4803, Decimal(RESIDENCE["GZ"][0]), 4),
            Residence("D5", {"en": "Student Residence D5", "zh-Hant": "學生公寓D5棟", "zh-Hans": "学生公寓D5栋"},
                      22.8936, 113.4817, Decimal(RESIDENCE["GZ"][1]), 2),
        ),
        cards=True,
    ),
}  # fmt: skip

PLACES: Mapping[str, tuple[Text, Sequence[str]]] = {
    "canteen": ({"en": "Canteen 1", "zh-Hant": "第一食堂", "zh-Hans": "第一食堂"}, ("8.50", "13.50", "16.00", "22.80")),
    "cafe": ({"en": "Campus Café", "zh-Hant": "校園咖啡", "zh-Hans": "校园咖啡"}, ("18.00", "24.00")),
    "print": ({"en": "Library Printing", "zh-Hant": "圖書館打印", "zh-Hans": "图书馆打印"}, ("0.80", "2.40")),
    "laundry": ({"en": "Laundry", "zh-Hant": "洗衣房", "zh-Hans": "洗衣房"}, ("4.00",)),
}
"""Where a card pays, and what things cost there."""
PAID_IN: Text = {"en": "Mobile top-up", "zh-Hant": "手機充值", "zh-Hans": "手机充值"}

KINDS: Mapping[str, Text] = {
    "purchase": {"en": "Purchase", "zh-Hant": "消費", "zh-Hans": "消费"},
    "top-up": {"en": "Top-up", "zh-Hant": "充值", "zh-Hans": "充值"},
    "fee": {"en": "Fee", "zh-Hant": "手續費", "zh-Hans": "手续费"},
    "refund": {"en": "Refund", "zh-Hant": "退款", "zh-Hans": "退款"},
}
CONTRACT_STATES: Mapping[str, Text] = {
    "upcoming": {"en": "Begins later", "zh-Hant": "尚未開始", "zh-Hans": "尚未开始"},
    "active": {"en": "In force", "zh-Hant": "生效中", "zh-Hans": "生效中"},
}
CARD_STATES: Mapping[str, Text] = {
    "active": {"en": "Active", "zh-Hant": "正常", "zh-Hans": "正常"},
    "frozen": {"en": "Frozen", "zh-Hant": "已凍結", "zh-Hans": "已冻结"},
}
LOSS_STATES: Mapping[str, Text] = {
    "not-reported": {"en": "Not reported lost", "zh-Hant": "未掛失", "zh-Hans": "未挂失"},
    "reported": {"en": "Reported lost", "zh-Hant": "已掛失", "zh-Hans": "已挂失"},
}
