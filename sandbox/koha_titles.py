"""What Guangzhou's library holds: titles of its own, English and Chinese, and editions that Clear Water Bay has too."""

import random
from dataclasses import dataclass

from .library_titles import Title, all_titles

_TOPICS = (
    ("intelligent transportation", "智能交通", "U491"),
    ("data analytics", "数据分析", "TP274"),
    ("the Internet of Things", "物联网", "TP393.4"),
    ("chip packaging", "芯片封装", "TN405"),
    ("carbon neutrality", "碳中和", "X511"),
    ("urban governance", "城市治理", "D630"),
    ("computational media", "计算媒体", "TP37"),
    ("innovation policy", "创新政策", "F124.3"),
    ("hydrogen storage", "储氢技术", "TK91"),
    ("ocean observation", "海洋观测", "P715"),
    ("autonomous vehicles", "自动驾驶", "U469"),
    ("financial technology", "金融科技", "F832"),
    ("bioelectronics", "生物电子学", "Q6-33"),
    ("smart manufacturing", "智能制造", "F407.4"),
    ("low-altitude aviation", "低空飞行", "V321"),
    ("digital health", "数字医疗", "R197"),
    ("coastal cities", "滨海城市", "TU984"),
    ("battery recycling", "电池回收", "X705"),
    ("spatial computing", "空间计算", "TP391.9"),
    ("additive design", "增材设计", "TB472"),
    ("generative models", "生成模型", "TP181"),
    ("quantum sensing", "量子传感", "O413"),
    ("the Greater Bay Area", "粤港澳大湾区", "F127.6"),
    ("Nansha's history", "南沙史", "K296.5"),
    ("Cantonese opera", "粤剧", "J825.65"),
)
_ENGLISH = (
    "Foundations for {}", "A field guide to {}", "{} : methods and cases", "{} at scale", "Designing {}",
    "{} : a laboratory course", "Seminar papers on {}", "{} for policy makers", "Measuring {}", "The economics of {}",
    "{} : collected lectures", "{} after 2030", "Doubts about {}", "{} : an annotated bibliography",
    "Thinking through {}",
)  # fmt: skip
_CHINESE = (
    "{}基础教程", "{}前沿进展", "{}工程实践", "{}文集", "{}白皮书", "{}讲座", "{}方法论",
    "走近{}", "{}二十讲", "{}词典", "{}年鉴",
)  # fmt: skip
_AUTHORS = (
    ("Liang, Jianhua", "梁建华"), ("Zhao, Min", "赵敏"), ("Sun, Yifan", "孙一凡"), ("Zhou, Lan", "周兰"),
    ("Huang, Guoqiang", "黄国强"), ("Feng, Xue", "冯雪"), ("Peng, Bo", "彭博"), ("Petrov, Ivan", "伊万"),
    ("Okafor, Ada", "阿达"), ("Schneider, Ruth", "露特"),
)  # fmt: skip
_PUBLISHERS = (
    ("Guangzhou", "South China University Press"), ("Shenzhen", "Haitian Publishing"), ("London", "Routledge"),
    ("Amsterdam", "Elsevier"),
)  # fmt: skip
_CHINESE_PUBLISHERS = (("广州", "广东人民出版社"), ("北京", "清华大学出版社"), ("上海", "上海交通大学出版社"))

CWB_OWN = 500
"""So many printed titles stand first in Clear Water Bay's collection for its named people alone: none is held here."""


@dataclass(frozen=True, slots=True)
class Work:
    """One title as Koha keeps it: title and what follows the colon apart, the author in a field of their own."""

    title: str
    subtitle: str | None
    author: str
    isbn: str
    place: str
    publisher: str
    year: int
    call_number: str
    copies: int
    shared: bool
    """Clear Water Bay has the same edition, by its ISBN."""
    url: str | None = None
    """Of the electronic book, where there is one."""


def own_works(seed: int) -> list[Work]:
    """What only this library has, in a drawn order; no title is part of another."""
    chance = random.Random(f"{seed}:koha:titles")
    patterns = [(topic, pattern, True) for topic in _TOPICS for pattern in _ENGLISH]
    patterns += [(topic, pattern, False) for topic in _TOPICS for pattern in _CHINESE]
    chance.shuffle(patterns)
    return [_own(chance, number, *each) for number, each in enumerate(patterns)]


def shared_works(seed: int) -> list[Work]:
    """Editions that Clear Water Bay has as well: one for two of its own, so that they are a third of all."""
    chance = random.Random(f"{seed}:koha:shared")
    printed = [title for title in all_titles(seed) if title.copies][CWB_OWN:]
    return [
        _shared(chance, title) for title in chance.sample(printed, len(_TOPICS) * (len(_ENGLISH) + len(_CHINESE)) // 2)
    ]


def _own(chance: random.Random, number: int, topic: tuple[str, str, str], pattern: str, english: bool) -> Work:
    name, chinese, classmark = topic
    author = chance.choice(_AUTHORS)
    place, publisher = chance.choice(_PUBLISHERS if english else _CHINESE_PUBLISHERS)
    whole = pattern.format(name if english else chinese)
    title, _, rest = (whole[0].upper() + whole[1:]).partition(" : ")
    year = chance.randint(2016, 2026)
    isbn = f"{'978162' if english else '978730'}{number:06d}"
    return Work(
        title=title,
        subtitle=rest or None,
        author=author[0] if english else author[1],
        isbn=f"{isbn}{_check_digit(isbn)}",
        place=place,
        publisher=publisher,
        year=year,
        call_number=f"{classmark}/{author[0][0]}{chance.randint(10, 99)}",
        copies=chance.randint(1, 4),
        shared=False,
        url=f"https://ebooks.hkust-gz.example/{isbn}" if chance.random() < 0.2 else None,
    )


def _shared(chance: random.Random, title: Title) -> Work:
    whole = title.title.partition(" / ")[0]
    name, _, rest = whole.partition(" : ")
    return Work(
        title=name,
        subtitle=rest or None,
        author=title.author.rstrip(","),
        isbn=title.isbn,
        place=title.place.rstrip(" :"),
        publisher=title.publisher.rstrip(","),
        year=title.year,
        call_number=title.call_number,
        copies=chance.randint(1, 3),
        shared=True,
    )


def _check_digit(body: str) -> int:
    return -sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body)) % 10
