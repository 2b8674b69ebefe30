"""The viewer, the signed-in person's own world, and students whom staff may read."""

from datetime import date, datetime

import strawberry

from connectors import sis
from resolvers import account as accounts
from resolvers import exams as sittings
from resolvers import identity, people, record, studies, tickets
from resolvers import library as shelf
from resolvers import onestop as services
from resolvers import timetable as timetables
from resolvers import today as day
from resolvers.viewer import Viewer as ViewerRecord

from .account import Account
from .cards import Data
from .fields import campus_type, field, global_id_of, resolved, translated
from .library import Fine, Hold, Loan
from .node import Connection, Listing, Node, Unavailable
from .onestop import Application, Ticket
from .record import AcademicRecord
from .studies import Enrolment
from .timetable import Exam, Timetable
from .today import Today

WHO = "To show people what the university holds on them."
STAFF = "To let staff read the students they are responsible for."
TERM = "Code of a term; the one that runs at each campus, if left out."
RANGE = {"from": "First day; today, if left out.", "to": "Last day; six days after the first, if left out."}
PAGE = {"first": "Items on a page, 1 to 100.", "after": "Cursor of the item before."}


@campus_type(record=ViewerRecord, data=Data.PERSONAL, purpose="To tell applications who is signed in and until when.")
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
    locale: str = field("Language the token asks for.")


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


@campus_type(record=sis.PostalAddress, data=Data.SENSITIVE, system="sis", purpose=WHO, requires="profile:read")
class PostalAddress:
    """Where post reaches a person."""

    street: str | None = field("Number and street.")
    city: str | None = field("City.")
    post_code: str | None = field("Post code.")
    country: str | None = field("ISO 3166-1 code of two letters.")


@campus_type(record=sis.EmergencyContact, data=Data.SENSITIVE, system="sis", purpose=WHO, requires="profile:read")
class EmergencyContact:
    """Whom to call when something happened."""

    campus: str = field("Code of the campus that holds this.")
    name: str = field("Name.")
    relation: str | None = field("partner, parent, other, or the system's own word.")
    telephone: str | None = field("Telephone number.")


@campus_type(record=sis.Contacts, data=Data.SENSITIVE, system="sis", purpose=WHO, requires="profile:read")
class Contacts:
    """How one campus reaches a person."""

    campus: str = field("Code of the campus that holds this.")
    email: str | None = field("University address; may have been somebody else's before.")
    private_email: str | None = field("Private address.")
    telephone: str | None = field("Telephone number.")
    address: PostalAddress | None = field("Postal address.")


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
    applications: Connection[Application] | None = resolved(
        services.applications,
        "Applications for services, the latest first.",
        requires="services:read",
        arguments={"tab": "Only those of one tab.", **PAGE},
    )
    tickets: Connection[Ticket] | None = resolved(
        tickets.tickets, "Requests for help, the latest first.", requires="tickets:read", arguments=PAGE
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
