"""What the simulated university announces, in three languages: by whom, how urgently, for whom, and when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .university import Text


@dataclass(frozen=True, slots=True)
class Notice:
    hours: int
    """Since when it is out, seen from the clock of the day the university was made; below 0 it is yet to come."""
    sender: str
    """Whose, in SENDERS."""
    title: tuple[str, ...]
    """English, 繁體, 简体; empty where there is none."""
    text: tuple[str, ...]
    priority: str = "normal"
    audience: Sequence[tuple[str, str]] = ()
    """(campus, programme or interest; code)."""
    edited: int = 0
    """Hours after which it was changed; 0 if never."""

    def published(self, made: datetime) -> datetime:
        return made.replace(minute=0, second=0, microsecond=0) - timedelta(hours=self.hours)


SENDERS: Mapping[str, tuple[str, Text]] = {
    "registry": ("administration", {
        "en": "Academic Registry", "zh-hant": "教務處", "zh-hans": "教务处",
    }),
    "campus": ("administration", {
        "en": "Campus Services", "zh-hant": "校園服務處", "zh-hans": "校园服务处",
    }),
    "exchange": ("administration", {
        "en": "Global Learning", "zh-hant": "環球學習", "zh-hans": "环球学习",
    }),
    "comp": ("department", {
        "en": "Department of Computer Science", "zh-hant": "計算機科學系", "zh-hans": "计算机科学系",
    }),
    "elec": ("department", {
        "en": "Department of Electronic Engineering", "zh-hant": "電子工程系", "zh-hans": "电子工程系",
    }),
    "aiaa": ("department", {
        "en": "Artificial Intelligence Thrust", "zh-hant": "人工智能學域", "zh-hans": "人工智能学域",
    }),
    "roas": ("department", {
        "en": "Robotics Thrust", "zh-hant": "機械人學域", "zh-hans": "机器人学域",
    }),
    "lee": ("instructor", {
        "en": "Prof. Lee Siu Lung", "zh-hant": "李小龍教授", "zh-hans": "李小龙教授",
    }),
}  # fmt: skip

NOTICES: Mapping[str, Sequence[Notice]] = {
    "CWB": (
        Notice(
            3, "registry",
            ("Adverse weather: classes after 14:00 are suspended",
             "惡劣天氣：下午二時後停課",
             "恶劣天气：下午二时后停课"),
            ("All classes after 14:00 today move online.\n\nLaboratories are closed; make-up dates follow.",
             "今日下午二時後所有課堂改為網上進行。\n\n實驗室關閉，補課日期另行通知。",
             "今日下午二时后所有课堂改为线上进行。\n\n实验室关闭，补课日期另行通知。"),
            priority="high", audience=(("campus", "CWB"),), edited=1,
        ),
        Notice(
            20, "registry",
            ("Course registration for the coming term opens on Monday",
             "下學期選課於星期一開始",
             "下学期选课于星期一开始"),
            ("Appointment times are in your registration page.",
             "選課時段見選課頁面。",
             "选课时段见选课页面。"),
            priority="high",
        ),
        Notice(
            28, "comp",
            ("Final year projects: choose a supervisor by the end of the month",
             "畢業專題：請於月底前選定導師",
             "毕业专题：请于月底前选定导师"),
            ("The list of topics is on the department's page.",
             "題目列表見系網頁。",
             "题目列表见系网页。"),
            priority="high", audience=(("programme", "BSC-COMP"), ("interest", "research")),
        ),
        Notice(
            50, "lee",
            ("COMP project teams: two places are free",
             "COMP 專題小組：尚有兩個名額",
             "COMP 专题小组：尚有两个名额"),
            ("Write to me if you want to join.",
             "有意參加者請來信。",
             "有意参加者请来信。"),
            audience=(("programme", "BSC-COMP"),),
        ),
        Notice(
            75, "elec",
            ("Clean room training for new users",
             "新用戶潔淨室培訓",
             "新用户洁净室培训"),
            ("Every Wednesday at 15:00.",
             "逢星期三下午三時。",
             "每周三下午三时。"),
            audience=(("programme", "BSC-ELEC"),),
        ),
        Notice(
            100, "exchange",
            ("A term in Guangzhou: apply for the cross-campus exchange",
             "到廣州學習一學期：申請兩校區交流",
             "到广州学习一学期：申请两校区交流"),
            ("Courses count for your degree; housing is offered.",
             "所修學分計入學位，並提供住宿。",
             "所修学分计入学位，并提供住宿。"),
            audience=(("interest", "cross-campus"),),
        ),
        Notice(
            130, "campus",
            ("Sports Hall: badminton courts closed on Saturday",
             "體育館：羽毛球場星期六關閉",
             "体育馆：羽毛球场周六关闭"),
            ("The floor is renewed.",
             "更換地板。",
             "更换地板。"),
            priority="low", audience=(("campus", "CWB"), ("interest", "sports")),
        ),
        Notice(
            160, "campus",
            ("Lost property is kept for thirty days", "", ""),
            ("Ask at the counter in the atrium.", "", ""),
            priority="low",
        ),
        Notice(
            240, "registry",
            ("Academic calendar for the next year published",
             "下學年校曆公布",
             "下学年校历公布"),
            ("See the registry's page.",
             "見教務處網頁。",
             "见教务处网页。"),
        ),
        Notice(
            1500, "registry",
            ("Graduation ceremony: tickets for guests",
             "畢業典禮：嘉賓門票",
             "毕业典礼：嘉宾门票"),
            ("Two for each graduate.",
             "每位畢業生兩張。",
             "每位毕业生两张。"),
            priority="high",
        ),
        Notice(
            -24, "campus",
            ("Water supply interrupted tonight",
             "今晚暫停供水",
             "今晚暂停供水"),
            ("From 23:00 to 05:00 in all halls.",
             "各舍堂由晚上十一時至早上五時。",
             "各宿舍晚十一时至早五时。"),
            priority="high", audience=(("campus", "CWB"),),
        ),
    ),
    "GZ": (
        Notice(
            5, "campus",
            ("Shuttle to Qingsheng: extra trips during the trade fair",
             "往慶盛穿梭巴士：交易會期間加開班次",
             "往庆盛穿梭巴士：交易会期间加开班次"),
            ("Every ten minutes until Friday.",
             "至星期五止每十分鐘一班。",
             "至周五止每十分钟一班。"),
            priority="high", audience=(("campus", "GZ"),),
        ),
        Notice(
            30, "aiaa",
            ("GPU cluster: maintenance and new quotas",
             "圖形處理器集群：維護及新配額",
             "GPU 集群：维护及新配额"),
            ("Jobs that run on Sunday at 08:00 are stopped.",
             "星期日早上八時運行中的作業將被終止。",
             "周日早八时运行中的作业将被终止。"),
            priority="high", audience=(("programme", "MPHIL-AIAA"), ("interest", "research")),
        ),
        Notice(
            55, "roas",
            ("Robotics laboratory: safety course before first use",
             "機械人實驗室：首次使用前須修讀安全課程",
             "机器人实验室：首次使用前须修读安全课程"),
            ("Ask the technicians for a date.",
             "請向技術員預約日期。",
             "请向技术员预约日期。"),
            audience=(("programme", "BSC-ROAS"),),
        ),
        Notice(
            80, "campus",
            ("",
             "",
             "宿舍换房申请即将截止"),
            ("",
             "",
             "请于周五前在一站式服务提交。"),
            audience=(("campus", "GZ"), ("interest", "housing")),
        ),
        Notice(
            110, "exchange",
            ("Clear Water Bay courses open to Guangzhou students",
             "清水灣課程向廣州學生開放",
             "清水湾课程向广州学生开放"),
            ("Enrol through your own registry.",
             "請經本校區教務處報讀。",
             "请经本校区教务处报读。"),
            audience=(("interest", "cross-campus"),),
        ),
        Notice(
            140, "campus",
            ("Swimming pool reopens",
             "游泳池重新開放",
             "游泳池重新开放"),
            ("Daily from 07:00 to 22:00.",
             "每日早上七時至晚上十時。",
             "每日早七时至晚十时。"),
            priority="low", audience=(("campus", "GZ"), ("interest", "sports")),
        ),
        Notice(
            200, "registry",
            ("Transcripts: orders take five working days",
             "成績單：申請需時五個工作天",
             "成绩单：申请需时五个工作日"),
            ("Order through One Stop.",
             "請經一站式服務申請。",
             "请经一站式服务申请。"),
        ),
    ),
}  # fmt: skip
