"""What one wants to be notified of, and that one has read it."""

from typing import Annotated

import strawberry

from resolvers import notification_changes as resolvers

from .cards import Data
from .changes import InvalidInput
from .dashboard_changes import WRITE
from .fields import campus_type, field, input_type, resolved
from .notifications import NEWS, Notification, NotificationPreferences

input_type(
    resolvers.NotificationSettingInput,
    {"category": "What they are about.", "channel": "How they would reach the person.", "enabled": "Whether they do."},
)
input_type(
    resolvers.QuietHoursInput,
    {
        "matter": "For which kind of matter.",
        "starts": "On the clock of the person's campus; null, with `ends`, where no hours are to be quiet.",
        "ends": "First moment that is not quiet.",
    },
)
input_type(
    resolvers.NotificationPreferencesInput,
    {"settings": "By category and channel.", "quiet_hours": "By kind of matter: academic apart from administrative."},
)


@campus_type(record=resolvers.PreferencesSet, data=Data.PERSONAL, purpose=NEWS, requires=WRITE, in_union=True)
class NotificationPreferencesSet:
    """What was chosen is kept."""

    preferences: NotificationPreferences = field("All of them, as they are now.")


@campus_type(record=resolvers.NotificationsRead, data=Data.PERSONAL, purpose=NEWS, requires=WRITE, in_union=True)
class NotificationsRead:
    """They are read."""

    notifications: list[Notification] = field("Those that were meant, without what was withdrawn meanwhile.")
    unread: int = field("How many are unread now.")


SetNotificationPreferencesResult = Annotated[
    NotificationPreferencesSet | InvalidInput,
    strawberry.union("SetNotificationPreferencesResult", description="What was chosen, or why nothing was."),
]
MarkNotificationsReadResult = Annotated[
    NotificationsRead | InvalidInput,
    strawberry.union("MarkNotificationsReadResult", description="What is read now, or why nothing was marked."),
]


@strawberry.type
class NotificationMutations:
    set_notification_preferences: SetNotificationPreferencesResult | None = resolved(
        resolvers.set_notification_preferences,
        "Chooses which notifications go out by which channel, and when none do.",
        requires=WRITE,
        arguments={"input": "What is to be otherwise; what is not named stays as it is."},
    )
    mark_notifications_read: MarkNotificationsReadResult | None = resolved(
        resolvers.mark_notifications_read,
        "Says that one has read notifications. What was read before stays read since then.",
        requires=WRITE,
        arguments={
            "ids": "Which ones, 100 at most; or leave them out and say until when.",
            "until": "All that came out until this moment: the `notifiedAt` of the latest one that was shown.",
        },
    )
