"""Finds courses by what somebody types: words and their beginnings, codes with or without a blank, Chinese as written.

Pure, and built once for a catalogue. Sets of courses are integers, a bit for each course in order of code, so that
a question is a few `&` and `|` over them.
"""

import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from operator import and_
from typing import NamedTuple

from .records import Course, Section

HAN = "々〇\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
"""Chinese characters. Between them no blank tells where a word ends."""

_WORD = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+")
_HAN = re.compile(rf"[{HAN}]")


class Texts(NamedTuple):
    """What a course is found by, from what says most of it to what says least."""

    code: str
    title: str
    rest: str
    """Description, attributes, instructors, former codes."""


class Found(NamedTuple):
    rank: int
    """0 where the code alone has all words, 1 where code and title have them, else 2."""
    course: Course


def texts_of(course: Course, sections: Iterable[Section]) -> Texts:
    """A code is there in one word as well: COMP 2011 is also found as comp2011, and as comp20."""
    rest = [
        *course.description.values(),
        *(f"{each.code} {each.description}" for each in course.attributes),
        *(name for section in sections for name in section.instructors),
        course.previous_code,
        re.sub(r"\b([A-Z]{2,}) (\d)", r"\1\2", course.previous_code),
    ]
    return Texts(
        f"{course.code} {course.code.replace(' ', '')}", "\n".join(course.title.values()), "\n".join(filter(None, rest))
    )


def words(text: str) -> list[str]:
    """A text in words: folded, accents off, wide letters made narrow; a run of Chinese characters is one word."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
    return _WORD.findall(plain.casefold())


def matches(asked: str, word: str) -> bool:
    """Whether a word of a course is what an asked word means: it begins so; or, in Chinese, it holds it."""
    return asked in word if _HAN.match(asked) else word.startswith(asked)


class CourseSearch:
    """Every word of a catalogue, and which courses have it."""

    def __init__(self, courses: Sequence[Course], sections: Iterable[Sequence[Section]]) -> None:
        """`courses` in order of code, `sections` those of each."""
        self._courses = courses
        texts = [texts_of(course, own) for course, own in zip(courses, sections, strict=True)]
        self._kinds = [_Postings(list(kind)) for kind in zip(*texts, strict=True)] if texts else []
        self._everything = [Found(0, course) for course in courses]

    def find(self, text: str) -> list[Found]:
        """The courses that have every word asked for: by rank, then in order of code."""
        asked = dict.fromkeys(words(text))
        if not asked:
            return self._everything
        having = {word: [kind.having(word) for kind in self._kinds] for word in asked}
        found, seen = [], 0
        for rank in range(len(self._kinds)):
            everything = (1 << len(self._courses)) - 1
            all_words = reduce(and_, (_any_of(having[word][: rank + 1]) for word in asked), everything)
            found += [Found(rank, self._courses[place]) for place in _places(all_words & ~seen)]
            seen |= all_words
        return found


class _Postings:
    """One kind of text, of all courses."""

    def __init__(self, texts: Sequence[str]) -> None:
        having: defaultdict[str, int] = defaultdict(int)
        self._chinese = [[word for word in words(text) if _HAN.match(word)] for text in texts]
        for place, text in enumerate(texts):
            for word in set(words(text)):
                for term in _grams(word) if _HAN.match(word) else (word,):
                    having[term] |= 1 << place
        self._having = dict(having)
        self._sorted = sorted(self._having)

    def having(self, asked: str) -> int:
        if not _HAN.match(asked):
            return self._beginning(asked)
        grams = _grams(asked) if len(asked) < 3 else [asked[place : place + 2] for place in range(len(asked) - 1)]
        candidates = reduce(and_, (self._having.get(gram, 0) for gram in grams))
        if len(asked) < 3:
            return candidates
        # All pairs of neighbours may be there and yet not side by side.
        return _any_of(
            1 << place for place in _places(candidates) if any(asked in word for word in self._chinese[place])
        )

    def _beginning(self, asked: str) -> int:
        found = 0
        for place in range(bisect_left(self._sorted, asked), len(self._sorted)):
            word = self._sorted[place]
            if not word.startswith(asked):
                break
            found |= self._having[word]
        return found


def _grams(word: str) -> list[str]:
    """Single characters, and each with the next."""
    return [*word, *(word[place : place + 2] for place in range(len(word) - 1))]


def _any_of(sets: Iterable[int]) -> int:
    return reduce(int.__or__, sets, 0)


def _places(courses: int) -> Iterator[int]:
    """The bits that are set, lowest first."""
    while courses:
        lowest = courses & -courses
        yield lowest.bit_length() - 1
        courses ^= lowest
