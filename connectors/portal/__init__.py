"""What the gateway itself keeps: layouts, preferences, announcements and who has read them."""

from .announcement_pages import mark_all_read, mark_read, place_at, place_of
from .announcement_statements import Place, Wish
from .announcements import keep_feed
from .database import SYSTEM, Database
from .drafts import drop_draft, save_draft
from .followed import PortalFollowed
from .layouts import delete_layout, save_layout
from .leases import Lease, give_back, lease_of, leased
from .loaders import PortalLoaders, ReadKey
from .notices import keep_notices, mark_notices_read
from .once import PATIENCE, Attempt, KeyReused, Once
from .outcomes import LONGEST_KEY, OutcomeKey
from .pending_writes import claimed, due, hold, keep_pending, late, put_off, reached, told
from .preferences import save_preferences
from .records import (
    AnnouncementPage,
    ApplicationDraft,
    DashboardLayout,
    LayoutConflict,
    LayoutConflictReason,
    Notice,
    NotificationCategory,
    NotificationChannel,
    NotificationMatter,
    NotificationSetting,
    PendingWrite,
    PlacedWidget,
    Preferences,
    QuietHours,
    Reader,
)
from .retention import erase, keep_purged, purge
from .store import Store, brought_to, open_store
from .tables import metadata
from .version import LATEST, NONE

__all__ = [
    "LATEST",
    "LONGEST_KEY",
    "NONE",
    "PATIENCE",
    "SYSTEM",
    "AnnouncementPage",
    "ApplicationDraft",
    "Attempt",
    "DashboardLayout",
    "Database",
    "KeyReused",
    "LayoutConflict",
    "LayoutConflictReason",
    "Lease",
    "Notice",
    "NotificationCategory",
    "NotificationChannel",
    "NotificationMatter",
    "NotificationSetting",
    "Once",
    "OutcomeKey",
    "PendingWrite",
    "Place",
    "PlacedWidget",
    "PortalFollowed",
    "PortalLoaders",
    "Preferences",
    "QuietHours",
    "ReadKey",
    "Reader",
    "Store",
    "Wish",
    "brought_to",
    "claimed",
    "delete_layout",
    "drop_draft",
    "due",
    "erase",
    "give_back",
    "hold",
    "keep_feed",
    "keep_notices",
    "keep_pending",
    "keep_purged",
    "late",
    "lease_of",
    "leased",
    "mark_all_read",
    "mark_notices_read",
    "mark_read",
    "metadata",
    "open_store",
    "place_at",
    "place_of",
    "purge",
    "put_off",
    "reached",
    "save_draft",
    "save_layout",
    "save_preferences",
    "told",
]
