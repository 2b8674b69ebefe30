"""Names of invented people: romanised as each campus does it, and in Chinese."""

from random import Random

CANTONESE_SURNAMES = (
    ("Chan", "陳"), ("Wong", "黃"), ("Lee", "李"), ("Cheung", "張"), ("Lau", "劉"), ("Ng", "吳"), ("Leung", "梁"),
    ("Ho", "何"), ("Yip", "葉"), ("Tsang", "曾"), ("Kwok", "郭"), ("Lam", "林"), ("Mak", "麥"), ("Tang", "鄧"),
    ("Fung", "馮"), ("Chow", "周"), ("Yeung", "楊"), ("Tam", "譚"), ("Poon", "潘"), ("Szeto", "司徒"),
)  # fmt: skip
MANDARIN_SURNAMES = (
    ("Wang", "王"), ("Li", "李"), ("Zhang", "张"), ("Liu", "刘"), ("Chen", "陈"), ("Yang", "杨"), ("Huang", "黄"),
    ("Zhao", "赵"), ("Wu", "吴"), ("Zhou", "周"), ("Xu", "徐"), ("Sun", "孙"), ("Ma", "马"), ("Zhu", "朱"),
    ("Hu", "胡"), ("Guo", "郭"), ("Lin", "林"), ("He", "何"), ("Gao", "高"), ("Ouyang", "欧阳"),
)  # fmt: skip
_CANTONESE_SYLLABLES = (
    ("Ka", "家"), ("Wing", "詠"), ("Man", "文"), ("Chi", "志"), ("Ho", "浩"), ("Yan", "欣"), ("Tsz", "子"),
    ("Hei", "晞"), ("Lok", "樂"), ("Sze", "思"), ("Wai", "偉"), ("Ming", "明"), ("Kit", "傑"), ("Suet", "雪"),
    ("Yu", "宇"), ("Ching", "晴"), ("Pui", "佩"), ("Long", "朗"),
)  # fmt: skip
_MANDARIN_SYLLABLES = (
    ("jia", "佳"), ("yi", "怡"), ("wen", "文"), ("hao", "浩"), ("xin", "欣"), ("zi", "子"), ("ming", "明"),
    ("yu", "雨"), ("xuan", "轩"), ("rui", "睿"), ("chen", "晨"), ("lin", "琳"), ("tian", "天"), ("bo", "博"),
    ("yang", "洋"), ("qing", "晴"), ("si", "思"), ("han", "涵"),
)  # fmt: skip
_ENGLISH = (
    "Adrian", "Amy", "Angela", "Brian", "Carmen", "Cherry", "Daniel", "Edwin", "Eunice", "Fiona", "Gary", "Grace",
    "Hilary", "Ivan", "Janice", "Jason", "Karen", "Kelvin", "Leo", "Mandy", "Nathan", "Olivia", "Peter", "Rachel",
    "Simon", "Tiffany", "Vincent", "Winnie", "Yvonne",
)  # fmt: skip
STREETS = {
    "CWB": (("Clear Water Bay Road", "Hong Kong"), ("Po Lam Road North", "Hong Kong"), ("Hang Hau Road", "Hong Kong"),
            ("Wan Po Road", "Hong Kong"), ("Nathan Road", "Hong Kong")),
    "GZ": (("笃学路", "广州"), ("环市大道西", "广州"), ("金沙路", "广州"), ("Duxue Road", "Guangzhou")),
}  # fmt: skip


def invent(dice: Random, campus: str) -> tuple[str, str, str]:
    """(given name, surname, Chinese name); traditional at Clear Water Bay, simplified in Guangzhou."""
    if campus == "CWB":
        surname, hanzi = dice.choice(CANTONESE_SURNAMES)
        first, second = dice.sample(_CANTONESE_SYLLABLES, 2)
        romanised = f"{first[0]} {second[0]}"
        given = f"{dice.choice(_ENGLISH)} {romanised}" if dice.random() < 0.5 else romanised
    else:
        surname, hanzi = dice.choice(MANDARIN_SURNAMES)
        first, second = dice.sample(_MANDARIN_SYLLABLES, 2)
        given = f"{first[0]}{second[0]}".capitalize()
    return given, surname, hanzi + first[1] + second[1]
