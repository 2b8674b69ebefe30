"""A hand-made university of nine people: enough to seed a simulated system, small enough to know by heart."""

from datetime import date, datetime

from sandbox.university import CAMPUS_TIME, Campus, Person, Programme, StudentRecord, Term, University

NOW = datetime(2026, 11, 23, 15, 30, tzinfo=CAMPUS_TIME)


def person(
    key: str,
    given: str,
    surname: str,
    home: str,
    affiliations: tuple[str, ...] = ("student",),
    accounts: tuple[str, ...] = ("library_id", "onestop_id", "ticket_address"),
    records: tuple[str, ...] = (),
    persona: str | None = None,
    email: str = "",
) -> Person:
    number = key[-3:]
    names = {
        "library_id": f"lib{number}x",
        "onestop_id": f"os-{number}",
        "ticket_address": f"t{number}@connect.ust.hk",
        "gz_library_id": f"gzl{number}",
        "gz_booking_user": f"7{number}",
        "gz_card_number": f"6222{number}",
        "cwb_resident_id": f"r{number}",
        "cwb_sis_id": f"20{number}001",
        "gz_sis_id": f"50{number}009",
    }
    own = {name: names[name] for name in (*accounts, *(f"{campus.lower()}_sis_id" for campus in records))}
    return Person(
        key=key,
        given_name=given,
        surname=surname,
        chinese_name="陳大文" if surname == "Chan" else "",
        email=email or f"{given.lower()}.{surname.lower()}@connect.ust.hk",
        private_email=f"{given.lower()}@example.org",
        telephone="+852 5555 0101",
        date_of_birth=date(2004, 5, 17),
        gender="x",
        nationality="CN",
        address=("University Road", "1", "Hong Kong", "HK"),
        emergency_contacts=(("Chan Siu Ming", "parent", "+852 5555 0199"),),
        home_campus=home,
        affiliations=affiliations,
        accounts=own,
        records={
            campus: StudentRecord(
                campus=campus,
                number=own[f"{campus.lower()}_sis_id"],
                programme=f"P-{campus}",
                year_of_study=2,
                admitted=date(2024, 9, 1),
                expected_graduation=date(2028, 6, 30),
                state="finished" if affiliations == ("alumni",) else "associated",
                enrolments=(),
                advisor=None,
            )
            for campus in records
        },
        entitlements=("registrar:CWB",) if persona == "rita" else (),
        persona=given.lower() if persona is None else persona,
    )


def campus(code: str) -> Campus:
    term = Term("2610", {"en": "2026-27 Fall"}, date(2026, 9, 1), date(2026, 12, 20))
    programme = Programme(f"P-{code}", {"en": f"Programme of {code}"}, code, "bachelor")
    return Campus(code, {"en": code}, (term,), (programme,), {}, {term.code: ()})


def small_university() -> University:
    everything = ("library_id", "onestop_id", "ticket_address")
    guangzhou = ("gz_library_id", "gz_booking_user", "gz_card_number")
    people = (
        person("p-000001", "Alex", "Chan", "CWB", accounts=(*everything, "cwb_resident_id"), records=("CWB",)),
        person("p-000002", "Mei", "Li", "GZ", accounts=("onestop_id", "ticket_address", *guangzhou), records=("GZ",)),
        person("p-000003", "Jordan", "Wong", "CWB", accounts=(*everything, *guangzhou), records=("CWB", "GZ")),
        person("p-000004", "Bo", "Lam", "CWB", records=("CWB",)),
        person("p-000005", "Quinn", "Ho", "CWB", records=("CWB",)),
        person("p-000006", "Sam", "Yeung", "CWB", records=("CWB",), email="wing.s@connect.ust.hk"),
        person("p-000007", "Wing", "Sze", "CWB", ("alumni",), ("library_id",), ("CWB",), email="wing.s@connect.ust.hk"),
        person("p-000008", "Rita", "Registrar", "CWB", ("staff",), everything, persona="rita"),
        person("p-000009", "Kit", "Nobody", "GZ", records=("GZ",), persona=""),
    )
    return University(20261123, NOW, {"CWB": campus("CWB"), "GZ": campus("GZ")}, people)
