"""The invented catalogue: twenty courses a subject, each level resting on the one before."""

from collections.abc import Iterator

from .subjects import SUBJECTS, Trilingual
from .university import Course, Text

_LANGUAGES = ("en", "zh-hant", "zh-hans")
_COMMON_CORE = {"HUMA": "Common Core (Humanities)", "SOSC": "Common Core (Social Analysis)"}
_UNITS = {"1": {5: 4.0, 2: 2.0}, "2": {4: 2.0, 5: 1.0}}
"""Where a course differs from 3 units: by the level's digit, then by the topic's place."""


def courses_of(campus: str) -> dict[str, Course]:
    """All courses of a campus by code: 20 for each of its subjects."""
    return {course.code: course for subject in SUBJECTS[campus] for course in _of_subject(campus, subject)}


def _of_subject(campus: str, subject: str) -> Iterator[Course]:
    for place, topic in enumerate(SUBJECTS[campus][subject], start=1):
        first, second, third = (f"{subject} {level}{place}11" for level in ("1", "2", "34"[place % 2]))
        yield _course(first, topic, ("Introduction to {}", "{}導論", "{}导论"), exclusion=_neighbour(subject, place))
        yield _course(second, topic, ("{}", "{}", "{}"), prerequisite=first)
        yield _course(third, topic, ("Advanced {}", "高等{}", "高等{}"), prerequisite=f"{second} OR {first}")
        if place <= 3:
            yield _course(f"{subject} 5{place}11", topic, ("Topics in {}", "{}專題", "{}专题"), level="master")
    yield _thesis(f"{subject} 6990", ("MPhil Thesis Research", "哲學碩士論文研究", "哲学硕士论文研究"), "master")
    yield _thesis(f"{subject} 7990", ("Doctoral Thesis Research", "哲學博士論文研究", "哲学博士论文研究"), "doctoral")


def _neighbour(subject: str, place: int) -> str:
    return f"{subject} 1411" if place == 5 else ""


def _course(  # noqa: PLR0913 - a course has that many sides
    code: str,
    topic: Trilingual,
    pattern: Trilingual,
    prerequisite: str = "",
    exclusion: str = "",
    level: str = "bachelor",
) -> Course:
    subject, number = code.split()
    title = {tag: form.format(word) for tag, form, word in zip(_LANGUAGES, pattern, topic, strict=True)}
    attributes = []
    if number[0] == "1" and subject in _COMMON_CORE:
        attributes = [("[CC22]", "Students admitted from 2022"), ("[4Y]", _COMMON_CORE[subject])]
    if subject == "LANG":
        attributes = [("[DELI]", "Mode of Delivery")]
    return Course(
        code,
        title,
        _description(topic),
        _UNITS.get(number[0], {}).get(int(number[1]), 3.0),
        level,
        tuple(attributes),
        prerequisite=prerequisite,
        corequisite=f"{subject} 1111" if number == "2211" else "",
        exclusion=exclusion,
        previous_code=f"{subject} 2500" if number == "2311" else "",
    )


def _description(topic: Trilingual) -> Text:
    return {
        "en": f"Foundations, methods and applications of {topic[0].lower()}, with weekly problems and a project.",
        "zh-hant": f"{topic[1]}的基礎、方法與應用，設每週習題及專題研習。",
        "zh-hans": f"{topic[2]}的基础、方法与应用，设每周习题及专题研究。",
    }


def _thesis(code: str, title: Trilingual, level: str) -> Course:
    description = {
        "en": "Research under supervision. A successful defence of the thesis leads to the grade Pass, without credit.",
        "zh-hant": "在導師指導下進行研究。論文答辯通過後成績為合格，不計學分。",
        "zh-hans": "在导师指导下进行研究。论文答辩通过后成绩为合格，不计学分。",
    }
    return Course(code, dict(zip(_LANGUAGES, title, strict=True)), description, 0.0, level)
