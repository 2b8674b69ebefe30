"""The services of the simulated One Stop: what each needs, who handles it, in which steps, in three languages.

The seven that the Guangzhou campus names on its One Stop page; forms and procedures are invented.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Words = tuple[str, str, str]
"""English, traditional, simplified Chinese."""

_STUDENT_AFFAIRS: Words = ("Student Affairs Office", "學生事務處", "学生事务处")
_HOUSING: Words = ("Housing Office", "宿舍管理處", "宿舍管理处")
_GRADUATE: Words = ("Graduate School", "研究生院", "研究生院")
_CARD: Words = ("Campus Card Centre", "校園卡中心", "校园卡中心")
_VENUES: Words = ("Campus Services Office", "校園服務處", "校园服务处")
_SECURITY: Words = ("Security Office", "保安處", "保安处")

_ACCEPT: Words = ("Acceptance", "受理", "受理")
_REVIEW: Words = ("Review", "審核", "审核")
_APPROVE: Words = ("Approval", "審批", "审批")
_ISSUE: Words = ("Issue", "發放", "发放")
_ALLOCATE: Words = ("Allocation", "分配", "分配")

_AMEND: Words = ("Amend the application", "補正申請", "补正申请")
"""The step that waits for the applicant, in every service."""

_COUNTER: Words = ("Housing Office, E1-101", "宿舍管理處 E1-101", "宿舍管理处 E1-101")
_CARD_COUNTER: Words = ("Campus Card Centre, W1-G05", "校園卡中心 W1-G05", "校园卡中心 W1-G05")

_WHY: Mapping[str, Words] = {
    "student": ("Only for students.", "只供學生申請。", "仅限学生申请。"),
    "member": ("Only for students, faculty and staff.", "只供學生及教職員申請。", "仅限学生及教职员申请。"),
    "campus": ("Only for members of the Guangzhou campus.", "只供廣州校園成員申請。", "仅限广州校园成员申请。"),
    "graduate": ("Only for postgraduates.", "只供研究生申請。", "仅限研究生申请。"),
    "lost": ("Only for a card that is reported lost.", "只適用於已掛失的校園卡。", "仅适用于已挂失的校园卡。"),
}

_REASON: Words = ("Reason", "理由", "理由")
_PHONE: Words = ("Telephone", "電話", "电话")
_FROM: Words = ("From", "開始日期", "开始日期")
_UNTIL: Words = ("Until", "結束日期", "结束日期")
_CARD_NUMBER: Words = ("Card number", "卡號", "卡号")

_ELIGIBILITY: Words = ("Eligibility check", "資格審查", "资格审查")
_ALLOCATION: Words = ("Room allocation", "房間分配", "房间分配")
_MOVE: Words = ("Move", "搬遷", "搬迁")
_CONTRACT: Words = ("Contract ended", "退宿手續", "退宿手续")

_PDF, _PICTURE = "application/pdf", "image/jpeg"
_MEGABYTE = 2**20


def texts(words: Words) -> dict[str, str]:
    return dict(zip(("en", "zh-hant", "zh-hans"), words, strict=True))


def _form(required: Sequence[str], **fields: tuple[Words, Mapping[str, Any]]) -> dict[str, Any]:
    """A JSON Schema; `x-title` holds the title of each field in languages, `title` the English one."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {
            name: {"title": title[0], "x-title": texts(title), **schema} for name, (title, schema) in fields.items()
        },
        "required": list(required),
        "additionalProperties": False,
    }


_TEXT: Mapping[str, Any] = {"type": "string", "minLength": 1, "maxLength": 500}
_LINE: Mapping[str, Any] = {"type": "string", "minLength": 1, "maxLength": 80}
_DAY: Mapping[str, Any] = {"type": "string", "format": "date"}
_TIME: Mapping[str, Any] = {"type": "string", "format": "date-time"}


def _from(schema: Mapping[str, Any]) -> dict[str, tuple[Words, Mapping[str, Any]]]:
    # `from` is a word of Python and cannot be a keyword argument.
    return {"from": (_FROM, schema)}


@dataclass(frozen=True, slots=True)
class _Service:
    key: str
    kind: str
    name: Words
    description: Words
    department: Words
    steps: Sequence[tuple[str, Words, Words, str]]
    """Id, name, office that does it, phase it belongs to (empty: the service has no phases)."""
    form: dict[str, Any]
    phases: Sequence[tuple[str, Words]] = ()
    members: bool = False
    """Whether faculty and staff may apply, too."""
    graduates: bool = False
    lost_card: bool = False
    files: Sequence[tuple[str, Words, str, bool]] = ()
    """Id, name, media type, whether it must be there."""
    collected_at: Words | None = None
    """Where what was applied for is fetched."""
    slot: Mapping[str, str] | None = None
    """Which entries of the form say from when until when what is wanted for oneself, and which facility that is."""

    def document(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "type": self.kind,
            "name": texts(self.name),
            "description": texts(self.description),
            "procedure": texts(
                (
                    " → ".join(name[0] for _, name, _, _ in self.steps),
                    " → ".join(name[1] for _, name, _, _ in self.steps),
                    " → ".join(name[2] for _, name, _, _ in self.steps),
                )
            ),
            "form": self.form,
            "eligibility": list(self._rules()),
            "files": [
                {"id": id_, "name": texts(name), "types": [kind], "maximumSize": 5 * _MEGABYTE, "required": required}
                for id_, name, kind, required in self.files
            ],
            "amendment": {"id": "amend", "name": texts(_AMEND), "days": 14},
            **({"collection": {"place": texts(self.collected_at), "days": 30}} if self.collected_at else {}),
            **({"slot": self.slot} if self.slot else {}),
            "department": texts(self.department),
            "steps": [
                {"id": id_, "name": texts(name), "department": texts(office)} | ({"phase": phase} if phase else {})
                for id_, name, office, phase in self.steps
            ],
            "phases": [{"id": id_, "name": texts(name)} for id_, name in self.phases],
        }

    def _rules(self) -> Iterator[dict[str, Any]]:
        """All must hold; whoever one shuts out is told its reason."""
        who = ["student", "faculty", "staff"] if self.members else ["student"]
        yield {"rule": "affiliation", "of": who, "reason": texts(_WHY["member" if self.members else "student"])}
        yield {"rule": "campus", "of": ["GZ"], "reason": texts(_WHY["campus"])}
        if self.graduates:
            yield {"rule": "level", "of": ["master", "doctoral"], "reason": texts(_WHY["graduate"])}
        if self.lost_card:
            yield {"rule": "card", "of": ["reported"], "reason": texts(_WHY["lost"])}


_SERVICES = (
    _Service(
        "accommodation-certificate", "housing",
        ("Accommodation certificate", "住宿證明", "住宿证明"),
        ("Proof that you live, or lived, in a residence of the campus.", "證明你現時或曾經入住校園宿舍。",
         "证明你现时或曾经入住校园宿舍。"),
        department=_HOUSING, collected_at=_COUNTER,
        steps=(("accept", _ACCEPT, _HOUSING, ""), ("issue", _ISSUE, _HOUSING, "")),
        form=_form(("purpose",), purpose=(("Purpose", "用途", "用途"), _TEXT),
                   copies=(("Copies", "份數", "份数"), {"type": "integer", "minimum": 1, "maximum": 5})),
    ),
    _Service(
        "graduate-room-change", "housing",
        ("Room change (graduate)", "研究生換宿", "研究生换宿"),
        ("Ask for another room during the room-change window.", "於換宿期內申請更換房間。", "于换宿期内申请更换房间。"),
        department=_HOUSING, graduates=True,
        files=(("proof", ("Proof of the reason", "理由證明", "理由证明"), _PDF, False),),
        phases=(("eligibility", _ELIGIBILITY), ("allocation", _ALLOCATION), ("move", _MOVE)),
        steps=(("check", _REVIEW, _STUDENT_AFFAIRS, "eligibility"), ("allocate", _ALLOCATE, _HOUSING, "allocation"),
               ("handover", _ISSUE, _HOUSING, "move")),
        form=_form(("reason", "residence"), reason=(_REASON, _TEXT),
                   residence=(("Wanted residence", "目標宿舍", "目标宿舍"),
                              {"type": "string", "enum": ["D1", "D2", "D3", "E1", "E2"]})),
    ),
    _Service(
        "graduate-living-off-campus", "housing",
        ("Living off campus (graduate)", "研究生校外住宿", "研究生校外住宿"),
        ("Leave the residence and live outside the campus.", "退宿並於校外居住。", "退宿并于校外居住。"),
        department=_GRADUATE, graduates=True,
        files=(("lease", ("Lease", "租約", "租约"), _PDF, True),
               ("identity", ("Copy of the identity card", "身份證副本", "身份证复印件"), _PICTURE, True)),
        phases=(("eligibility", _ELIGIBILITY), ("contract", _CONTRACT)),
        steps=(("check", _REVIEW, _GRADUATE, "eligibility"), ("approve", _APPROVE, _STUDENT_AFFAIRS, "eligibility"),
               ("contract", _ISSUE, _HOUSING, "contract")),
        form=_form(("address", "from", "reason"), address=(("Address", "地址", "地址"), _TEXT),
                   reason=(_REASON, _TEXT), **_from(_DAY)),
    ),
    _Service(
        "campus-card-replacement", "campus-card",
        ("Campus card loss / replacement", "校園卡掛失／補辦", "校园卡挂失／补办"),
        ("Block a lost card and have a new one made.", "掛失遺失的校園卡並補辦新卡。", "挂失遗失的校园卡并补办新卡。"),
        department=_CARD, members=True, collected_at=_CARD_COUNTER,
        files=(("photo", ("Photograph", "照片", "照片"), _PICTURE, False),),
        steps=(("block", _ACCEPT, _CARD, ""), ("issue", _ISSUE, _CARD, "")),
        form=_form(("circumstances",), circumstances=(("What happened", "經過", "经过"), _TEXT),
                   replacement=(("New card wanted", "需要補辦", "需要补办"), {"type": "boolean"})),
    ),
    _Service(
        "campus-card-cancel-loss", "campus-card",
        ("Cancel loss report", "解除掛失", "解除挂失"),
        ("The card was found: unblock it.", "已尋回校園卡，解除掛失。", "已寻回校园卡，解除挂失。"),
        department=_CARD, members=True, lost_card=True,
        steps=(("unblock", _ACCEPT, _CARD, ""),),
        form=_form(("card",), card=(_CARD_NUMBER, _LINE)),
    ),
    _Service(
        "multifunction-hall", "venue",
        ("Multifunction Hall (102), C2", "C2 多功能廳（102）", "C2 多功能厅（102）"),
        ("Use the hall for an event of up to 120 people.", "借用多功能廳舉辦不多於 120 人的活動。",
         "借用多功能厅举办不多于 120 人的活动。"),
        department=_VENUES, members=True, slot={"from": "from", "until": "until", "facility": "11"},
        files=(("poster", ("Poster", "海報", "海报"), _PDF, False),),
        steps=(("accept", _ACCEPT, _VENUES, ""), ("security", _REVIEW, _SECURITY, ""),
               ("approve", _APPROVE, _VENUES, "")),
        form=_form(("event", "from", "until", "people"), event=(("Event", "活動", "活动"), _LINE),
                   until=(_UNTIL, _TIME),
                   people=(("People", "人數", "人数"), {"type": "integer", "minimum": 1, "maximum": 120}),
                   telephone=(_PHONE, _LINE), **_from(_TIME)),
    ),
    _Service(
        "hall-desks-and-chairs", "venue",
        ("Desks and chairs of the hall", "多功能廳桌椅借用", "多功能厅桌椅借用"),
        ("Borrow desks and chairs of the Multifunction Hall.", "借用多功能廳的桌椅。", "借用多功能厅的桌椅。"),
        department=_VENUES, members=True,
        steps=(("accept", _ACCEPT, _VENUES, ""), ("approve", _APPROVE, _VENUES, "")),
        form=_form(("chairs", "until"),
                   chairs=(("Chairs", "椅子", "椅子"), {"type": "integer", "minimum": 0, "maximum": 120}),
                   desks=(("Desks", "桌子", "桌子"), {"type": "integer", "minimum": 0, "maximum": 60}),
                   until=(_UNTIL, _DAY)),
    ),
)  # fmt: skip

SERVICES = tuple(service.document() for service in _SERVICES)
"""What each process is deployed with as `service.json`."""
