"""Some three thousand titles of an invented university library, in English and Chinese, alike in every run."""

import random
from dataclasses import dataclass

_TOPICS = (
    ("Machine Learning", "機器學習", "Q325.5"),
    ("Linear Algebra", "線性代數", "QA184"),
    ("Data Structures", "資料結構", "QA76.9"),
    ("Operating Systems", "操作系統", "QA76.76"),
    ("Quantum Mechanics", "量子力學", "QC174"),
    ("Thermodynamics", "熱力學", "QC311"),
    ("Fluid Mechanics", "流體力學", "QA901"),
    ("Organic Chemistry", "有機化學", "QD251"),
    ("Analytical Chemistry", "分析化學", "QD75"),
    ("Molecular Biology", "分子生物學", "QH506"),
    ("Neuroscience", "神經科學", "QP355"),
    ("Marine Ecology", "海洋生態學", "QH541"),
    ("Climate Change", "氣候變化", "QC903"),
    ("Urban Planning", "城市規劃", "HT166"),
    ("Renewable Energy", "可再生能源", "TJ808"),
    ("Robotics", "機器人學", "TJ211"),
    ("Microelectronics", "微電子學", "TK7874"),
    ("Signal Processing", "信號處理", "TK5102"),
    ("Computer Networks", "電腦網絡", "TK5105"),
    ("Cryptography", "密碼學", "QA268"),
    ("Probability", "概率論", "QA273"),
    ("Statistics", "統計學", "QA276"),
    ("Game Theory", "博弈論", "QA269"),
    ("Number Theory", "數論", "QA241"),
    ("Topology", "拓撲學", "QA611"),
    ("Macroeconomics", "宏觀經濟學", "HB172"),
    ("Corporate Finance", "公司理財", "HG4026"),
    ("Accounting", "會計學", "HF5635"),
    ("Marketing", "市場營銷學", "HF5415"),
    ("Supply Chains", "供應鏈管理", "HD38"),
    ("Entrepreneurship", "創業學", "HB615"),
    ("Public Policy", "公共政策", "H97"),
    ("Sociology", "社會學", "HM585"),
    ("Anthropology", "人類學", "GN25"),
    ("Hong Kong History", "香港史", "DS796"),
    ("Lingnan Culture", "嶺南文化", "DS793"),
    ("Chinese Poetry", "中國詩詞", "PL2307"),
    ("Comparative Literature", "比較文學", "PN863"),
    ("Film Studies", "電影研究", "PN1994"),
    ("Philosophy of Science", "科學哲學", "Q175"),
    ("Logic", "邏輯學", "BC71"),
    ("Ethics", "倫理學", "BJ1012"),
    ("Linguistics", "語言學", "P121"),
    ("Cantonese", "粵語", "PL1731"),
    ("Academic Writing", "學術寫作", "LB2369"),
    ("Music Theory", "樂理", "MT6"),
    ("Architecture", "建築學", "NA2550"),
    ("Structural Engineering", "結構工程", "TA633"),
    ("Materials Science", "材料科學", "TA403"),
    ("Nanotechnology", "納米技術", "T174.7"),
    ("Computer Graphics", "電腦圖形學", "T385"),
    ("Human-Computer Interaction", "人機互動", "QA76.9.H85"),
    ("Databases", "數據庫系統", "QA76.9.D3"),
    ("Compilers", "編譯原理", "QA76.76.C65"),
    ("Bioinformatics", "生物資訊學", "QH324.2"),
    ("Public Health", "公共衛生", "RA425"),
)
_ENGLISH = (
    "Introduction to {}", "Foundations of {}", "{} : a first course", "{} in practice", "Advanced {}",
    "The art of {}", "{} for engineers", "{} and society", "A short history of {}", "Problems in {}",
    "Handbook of {}", "Lectures on {}", "{} : theory and applications", "Modern {}", "Elements of {}",
    "Understanding {}", "{} by example", "Perspectives on {}", "Case studies in {}", "{} without tears",
    "The Oxford companion to {}", "Rethinking {}", "{} in Asia", "Readings in {}", "{} : a visual guide",
    "Computational methods in {}", "Frontiers of {}", "{} from scratch", "Essays on {}", "Experiments in {}",
    "Teaching {}", "{} : an encyclopaedia", "Questions about {}", "The future of {}", "{} in the Pearl River Delta",
    "Principles of {}",
)  # fmt: skip
_CHINESE = (
    "{}導論", "{}概論", "高等{}", "{}原理與應用", "{}入門", "現代{}", "{}史話", "{}研究方法", "{}習題集",
    "{}手冊", "當代{}新論", "{}的未來", "圖解{}", "{}講義", "{}與社會", "{}案例分析", "{}實驗", "{}百問",
)  # fmt: skip
_SURNAMES = (
    ("Chan", "陳"), ("Wong", "黃"), ("Lee", "李"), ("Cheung", "張"), ("Lau", "劉"), ("Wang", "王"), ("Ng", "吳"),
    ("Yeung", "楊"), ("Leung", "梁"), ("Ho", "何"), ("Smith", "史"), ("Garcia", "賈"), ("Müller", "穆"),
    ("Tanaka", "田"),
)  # fmt: skip
_GIVEN = (
    ("Siu Ming", "小明"), ("Ka Yan", "嘉欣"), ("Wai Man", "偉文"), ("Mei Ling", "美玲"), ("Chi Keung", "志強"),
    ("Anna", "安娜"), ("David", "大衛"), ("Elena", "依蓮"), ("Thomas", "湯馬士"), ("Yuki", "由紀"),
)  # fmt: skip
_PUBLISHERS = (
    ("Hong Kong :", "Hong Kong University Press,"), ("Cambridge :", "Cambridge University Press,"),
    ("Singapore :", "World Scientific,"), ("Berlin :", "Springer,"), ("New York :", "Wiley,"),
)  # fmt: skip
_CHINESE_PUBLISHERS = (("香港 :", "三聯書店,"), ("北京 :", "科學出版社,"), ("臺北 :", "五南圖書,"))


LIBRARIES = {"MAIN": "Lee Shau Kee Library", "LSK": "LSK Business Library"}


@dataclass(frozen=True, slots=True)
class Title:
    mms_id: str
    title: str
    """With the statement of responsibility, as cataloguers write it: `Title / Author.`"""
    author: str
    isbn: str
    """Of thirteen digits; empty for what never had one, as theses."""
    place: str
    publisher: str
    year: int
    call_number: str
    copies: int
    """Printed copies; 0 where the library has the electronic book only."""
    electronic: bool
    language: str
    """MARC code: eng or chi."""

    @property
    def library(self) -> str:
        """The branch where it stands."""
        return "LSK" if self.call_number.startswith("H") else "MAIN"

    @property
    def old_isbn(self) -> str:
        """The same number in ten digits; empty where there is none."""
        digits = self.isbn[3:12]
        last = -sum(int(digit) * (10 - place) for place, digit in enumerate(digits)) % 11
        return f"{digits}{'X' if last == 10 else last}" if digits else ""


def all_titles(seed: int) -> list[Title]:
    """The whole collection, in the order of its record numbers."""
    chance = random.Random(f"{seed}:titles")
    english = [(topic, pattern, "eng") for topic in _TOPICS for pattern in _ENGLISH]
    chinese = [(topic, pattern, "chi") for topic in _TOPICS for pattern in _CHINESE]
    works = english + chinese
    chance.shuffle(works)
    return [_title(chance, number, *work) for number, work in enumerate(works)]


def _title(chance: random.Random, number: int, topic: tuple[str, str, str], pattern: str, language: str) -> Title:
    english, chinese, classmark = topic
    surname, given = chance.choice(_SURNAMES), chance.choice(_GIVEN)
    if language == "eng":
        name = pattern.format(english)
        title = f"{name[0]}{name[1:]} / {given[0]} {surname[0]}."
        author = f"{surname[0]}, {given[0]},"
        place, publisher = chance.choice(_PUBLISHERS)
    else:
        title = f"{pattern.format(chinese)} / {surname[1]}{given[1]}著."
        author = f"{surname[1]}{given[1]},"
        place, publisher = chance.choice(_CHINESE_PUBLISHERS)
    year = chance.randint(1994, 2026)
    electronic = chance.random() < 0.35
    return Title(
        # 99…3412 is how Alma numbers records: type, running number, suffix of the institution.
        mms_id=f"99{1012000000000 + number * 10_000 + chance.randrange(10_000):013d}3412",
        title=title,
        author=author,
        isbn="" if number % 40 == 39 else _isbn(number, "978962" if language == "chi" else "978052"),
        place=place,
        publisher=publisher,
        year=year,
        call_number=f"{classmark} .{surname[0][0]}{chance.randint(11, 99)} {year}",
        copies=0 if electronic and chance.random() < 0.2 else chance.randint(1, 4),
        electronic=electronic,
        language=language,
    )


def _isbn(number: int, prefix: str) -> str:
    """No two titles have the same: 7919 has no divisor in common with a million."""
    body = f"{prefix}{number * 7919 % 10**6:06d}"
    check = -sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body)) % 10
    return f"{body}{check}"
