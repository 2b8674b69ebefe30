"""The viewer, the signed-in person's own world, and students whom staff may read."""

from datetime import date, datetime

import strawberry

from connectors import sis
from resolvers import account as accounts
from resolvers import application_drafts as drafts
from resolvers import campus_life, identity, people, record, studies, tickets
from resolvers import contact_sync as sync
from resolvers import dashboard as dashboards
from resolvers import e_resources as online
from resolvers import exams as sittings
from resolvers import facilities as reservations
from resolvers import library as shelf
from resolvers import notifications as notices
from resolvers import onestop as services
from resolvers import timetable as timetables
from resolvers import today as day
from resolvers.viewer import Viewer as ViewerRecord

from .account import Account
from .application_changes import ApplicationDraft
from .applications import Application
from .campus_life import CampusCard, Housing
from .cards import Data
from .contact_changes import ContactSync
from .contacts import WHO, Contacts, EmergencyContact
from .dashboard import Dashboard
from .e_resources import EResource
from .facilities import Booking
from .fields import campus_type, field, global_id_of, resolved, translated
from .library import Fine, Hold, Loan
from .node import Connection, Listing, Node, Unavailable
from .notifications import Notification, NotificationPreferences
from .record import AcademicRecord
from .studies import Enrolment
from .tickets import Ticket
from .timetable import Exam, Timetable
from .today import Today

STAFF = "To let staff read the students they are responsible for."
TERM = "Code of a term; the one that runs at each campus, if left out."
RANGE = {"from": "First day; today, if left out.", "to": "Last day; six days after the first, if left out."}
PAGE = {"first": "Items on a page, 1 to 100.", "after": "Cursor of the item before."}


@campus_type(
    record=ViewerRecord,
    data=Data.PERSONAL,
    purpose="To tell applications who is signed in and until when.",
    for_the_viewer=True,
)
class Viewer:
    """Who is asking, as the token says."""

    anonymous: bool = field("Whether nobody is signed in.")
    person: str | None = resolved(
        identity.person, "The university's id of the person; null for applications and the anonymous viewer."
    )
    client: str | None = resolved(identity.client, "The application the token was given to.")
    affiliations: list[str] = resolved(identity.affiliations, "applicant, student, alumni, faculty, staff, partner.")
    campuses: list[str] = resolved(identity.campuses, "Codes of the campuses the viewer belongs to.")
    scopes: list[str] = resolved(identity.scopes, "What the token may read.")
    mfa: bool = field("Whether the viewer signed in with a second factor.")
    session_expires_at: datetime | None = resolved(identity.expires_at, "When the token ends.")
    locale: str = field("Language of answers: the first that is wanted of en, zh-Hant, zh-Hans.")
    languages: list[str] = resolved(
        identity.languages,
        "What was asked for, the most wanted first: by Accept-Language, then by the token. `locale` is not the first "
        "of them where that one is not served.",
    )


@campus_type(record=people.StudentNumber, data=Data.PERSONAL, system="sis", purpose=WHO, requires="profile:read")
class StudentNumber:
    """The number under which one campus knows a person."""

    campus: str = field("Code of the campus.")
    number: str = field("Student or employee number; never reissued.")


@campus_type(record=sis.Advisor, data=Data.PERSONAL, system="sis", purpose=WHO, requires="profile:read")
class Advisor:
    """A member of faculty who advises a student."""

    campus: str = field("Code of the campus at which the student is advised.")
    name: str = field("Name as it is shown.")
    email: str | None = field("University address.")


@campus_type(record=people.Profile, data=Data.SENSITIVE, system="sis", purpose=WHO, requires="profile:read")
class Profile:
    """Who a person is, the same whichever campus knows them."""

    display_name: str = field("Name as it is shown.")
    given_name: str | None = field("Given name.")
    surname: str | None = field("Surname.")
    chinese_name: str | None = field("Name in Chinese characters.")
    date_of_birth: date | None = field("Date of birth.")
    nationality: str | None = field("ISO 3166-1 code of two letters.")
    advisors: list[Advisor] = field("Who advises the student, at each campus that has an advisor for them.")
    numbers: list[StudentNumber] = field("One for each campus that knows the person and could be asked.")
    unavailable: list[Unavailable] = field("Campuses that could not be asked.")


@campus_type(record=sis.Advisee, data=Data.PERSONAL, system="sis", purpose=STAFF, requires="students:read")
class Advisee:
    """A student in an advisor's list; `student(campus, number)` tells more of one of them."""

    campus: str = field("Code of the campus.")
    number: str = field("Student number.")
    name: str = field("Name as it is shown.")
    programme_code: str | None = field("Code of the programme.")
    programme_name: str = translated("programme_name", "Name of the programme.")
    year_of_study: int | None = field("1 is the first.")
    email: str | None = field("University address.")


@campus_type(
    record=people.Student, data=Data.SENSITIVE, system="sis", purpose=STAFF, requires="students:read", node=True
)
class Student(Node):
    """A student in the records of one campus, for the advisor, the registrar, and the student."""

    id: strawberry.ID = global_id_of("Student")
    campus: str = field("Code of the campus.")
    number: str = field("Student number.")
    profile: Profile | None = resolved(people.profile, "Who the student is.")
    contacts: Listing[Contacts] | None = resolved(people.contacts, "How the campus reaches the student.")
    emergency_contacts: Listing[EmergencyContact] | None = resolved(
        people.emergency_contacts, "Whom to call when something happened."
    )
    academic_record: AcademicRecord | None = resolved(record.academic_record, "Programmes and results at this campus.")
    enrolments: Listing[Enrolment] | None = resolved(
        studies.enrolments, "Courses of one term.", arguments={"term": TERM}
    )
    timetable: Timetable | None = resolved(timetables.timetable, "Classes within a range of days.", arguments=RANGE)


@campus_type(record=people.Me, data=Data.PERSONAL, purpose=WHO)
class Me:
    """The signed-in person's own world. What does not exist for the person is null, without an error."""

    profile: Profile | None = resolved(people.profile, "Who the person is.", requires="profile:read")
    contacts: Listing[Contacts] | None = resolved(
        people.contacts, "How each campus reaches the person.", requires="profile:read"
    )
    emergency_contacts: Listing[EmergencyContact] | None = resolved(
        people.emergency_contacts,
        "Whom each campus calls when something happened, the first first.",
        requires="profile:read",
    )
    contact_sync: list[ContactSync] | None = resolved(
        sync.contact_sync,
        "Systems that do not have yet what the person last changed of this; none where all agree.",
        requires="profile:read",
    )
    academic_record: AcademicRecord | None = resolved(
        record.academic_record, "One record over all campuses.", requires="record:read"
    )
    enrolments: Listing[Enrolment] | None = resolved(
        studies.enrolments, "Courses of one term, at all campuses.", requires="enrolment:read", arguments={"term": TERM}
    )
    today: Today | None = resolved(
        day.today,
        "The next 24 hours.",
        requires="enrolment:read",
        arguments={"stop": "Code of the stop whose shuttles are shown; any, if left out."},
    )
    timetable: Timetable | None = resolved(
        timetables.timetable,
        "Classes within a range of days, at all campuses.",
        requires="enrolment:read",
        arguments=RANGE,
    )
    account: Account | None = resolved(
        accounts.account, "What the person owes and paid, at all campuses.", requires="account:read"
    )
    exams: Listing[Exam] | None = resolved(
        sittings.exams,
        "Examinations of one term, at all campuses.",
        requires="enrolment:read",
        arguments={"term": TERM},
    )
    loans: Listing[Loan] | None = resolved(
        shelf.loans, "Items borrowed, the one due first first.", requires="library:read"
    )
    holds: Listing[Hold] | None = resolved(shelf.holds, "Items waited for.", requires="library:read")
    fines: Listing[Fine] | None = resolved(shelf.fines, "Fees still to be paid.", requires="library:read")
    e_resources: Listing[EResource] | None = resolved(
        online.e_resources,
        "Databases, journals, e-books and software of all libraries, by name, and whether the person may use them.",
        requires="library:read",
        arguments={"kind": "Only those of one kind."},
    )
    applications: Connection[Application] | None = resolved(
        services.applications,
        "Applications for services, the latest first.",
        requires="services:read",
        arguments={"tab": "Only those of one tab.", **PAGE},
    )
    tickets: Connection[Ticket] | None = resolved(
        tickets.tickets, "Requests for help, the latest first.", requires="tickets:read", arguments=PAGE
    )
    housing: Listing[Housing] | None = resolved(
        campus_life.housing, "Contracts for rooms, at all campuses, the first to begin first.", requires="housing:read"
    )
    campus_cards: Listing[CampusCard] | None = resolved(
        campus_life.cards,
        "Campus cards, one of each campus that gave the person one.",
        requires="card:read",
        arguments={"campus": "Only that of one campus, by its code."},
    )
    bookings: Listing[Booking] | None = resolved(
        reservations.bookings,
        "Facilities the person has booked, the next one first; half a year ahead.",
        requires="bookings:read",
        arguments={"past": "Whether those of the last 30 days that are over are shown too."},
    )
    application_drafts: list[ApplicationDraft] | None = resolved(
        drafts.drafts, "Forms the person has begun to fill in, the latest first.", requires="services:read"
    )
    dashboard: Dashboard | None = resolved(
        dashboards.dashboard, "How the person's dashboard is arranged.", requires="dashboard:read"
    )
    notification_preferences: NotificationPreferences | None = resolved(
        notices.notification_preferences, "What goes out by which channel, and when not.", requires="notifications:read"
    )
    notifications: Connection[Notification] | None = resolved(
        notices.notifications, "The latest first.", requires="notifications:read", arguments=PAGE
    )
    unread_notifications: int | None = resolved(
        notices.unread_notifications, "How many are not read yet.", requires="notifications:read"
    )
    advisees: Listing[Advisee] | None = resolved(
        people.advisees, "Students the person advises; null for who advises nobody.", requires="students:read"
    )


@strawberry.type
class PeopleQueries:
    viewer: Viewer = resolved(identity.viewer, "Who is asking.")
    me: Me | None = resolved(people.me, "The signed-in person's own world.")
    student: Student | None = resolved(
        people.student,
        "A student, for those who may read them; null where the campus has no such student.",
        requires="students:read",
        arguments={"campus": "Code of the campus.", "number": "Student number."},
    )
