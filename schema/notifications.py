"""What a person is notified of, and how."""

from datetime import datetime, time

import strawberry

from connectors import portal
from connectors.portal import NotificationCategory, NotificationChannel, NotificationMatter
from resolvers import notification_news, notifications

from .announcements import Announcement
from .cards import Data
from .enums import LABEL, described
from .fields import campus_type, field, global_id_of, labelled, translated
from .node import RESUME, News, Node
from .streams import streamed

NEWS = "To tell people what they should not miss, in the way they want."
SCOPE = "notifications:read"

described(
    NotificationMatter,
    "What kind of matter a notification is about.",
    {"ACADEMIC": "Courses, grades, enrolment.", "ADMINISTRATIVE": "Services, library, fees, the campus."},
)
described(
    NotificationCategory,
    "What a notification is about.",
    {
        "COURSES": "What instructors announce.",
        "DEPARTMENTS": "What departments announce.",
        "GRADES": "Grades and marks that are out.",
        "ENROLMENT": "Enrolment and waitlists.",
        "ADMINISTRATION": "What the administration announces.",
        "SERVICES": "Applications and tickets.",
        "LIBRARY": "Loans and holds.",
        "FEES": "What is to be paid.",
    },
)
described(
    NotificationChannel,
    "How a notification reaches a person.",
    {"PORTAL": "In the portal: `me { notifications }`.", "MAIL": "By mail.", "PUSH": "On the telephone's screen."},
)


@campus_type(record=notifications.Notification, data=Data.PERSONAL, purpose=NEWS, requires=SCOPE, node=True)
class Notification(Node):
    """An urgent announcement that is for the person, or what the portal has to tell them; of the last sixty days."""

    id: strawberry.ID = global_id_of("Notification")
    category: NotificationCategory = field("What it is about.")
    category_label: str = labelled("category", LABEL)
    matter: NotificationMatter = field("What kind of matter that is.")
    title: str = translated("title", "What it says in one line.")
    text: str = translated("text", "Plain text, paragraphs apart by a blank line; empty where the title says it all.")
    announcement: Announcement | None = field("What was announced; null of what the portal tells this person alone.")
    notified_at: datetime = field("Since when.")
    read_at: datetime | None = field("When the person read it; null while unread.")


@campus_type(record=portal.NotificationSetting, data=Data.PERSONAL, purpose=NEWS, requires=SCOPE)
class NotificationSetting:
    """Whether notifications of one category go out by one channel."""

    category: NotificationCategory = field("What they are about.")
    category_label: str = labelled("category", LABEL)
    matter: NotificationMatter = field("What kind of matter that is.")
    channel: NotificationChannel = field("How they would reach the person.")
    channel_label: str = labelled("channel", LABEL)
    enabled: bool = field("Whether they do.")
    is_default: bool = field("Whether nobody chose this: it may change with the gateway.")


@campus_type(record=portal.QuietHours, data=Data.PERSONAL, purpose=NEWS, requires=SCOPE)
class QuietHours:
    """When no mail and no push goes out; past midnight where `ends` is before `starts`."""

    matter: NotificationMatter = field("For which kind of matter.")
    matter_label: str = labelled("matter", LABEL)
    starts: time | None = field("On the clock of the person's campus; null, with `ends`, where no hours are quiet.")
    ends: time | None = field("First moment that is not quiet.")
    is_default: bool = field("Whether nobody chose this: it may change with the gateway.")


@campus_type(record=portal.Preferences, data=Data.PERSONAL, purpose=NEWS, requires=SCOPE)
class NotificationPreferences:
    """What a person wants to be notified of, and how."""

    settings: list[NotificationSetting] = field("One for each category and channel.")
    quiet_hours: list[QuietHours] = field("One for each kind of matter.")


@strawberry.type
class NotificationSubscriptions:
    notification_received: News[Notification] | None = streamed(
        notification_news.notification_received,
        "The person's notifications; then each as soon as its announcement comes out or is changed, or the portal has "
        "something to tell, of the categories that the person lets into the portal.",
        each=notification_news.notifications_told,
        requires=SCOPE,
        arguments={"resume": RESUME},
    )
