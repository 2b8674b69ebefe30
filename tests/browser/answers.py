"""Answers of the dashboard document as pages meet them: whole, and with a system down."""

from typing import Any

WHOLE: dict[str, Any] = {
    "data": {
        "viewer": {"affiliations": ["STUDENT"], "campuses": ["CWB", "GZ"], "mfa": True},
        "me": {
            "id": "UGVyc29uOnAtMDAwMDE3",
            "name": "<b>Alex</b> Chan",
            "academicRecord": {
                "cumulativeGpa": 3.7166666,
                "terms": [
                    {
                        "code": "2610",
                        "gpa": 3.85,
                        "results": [
                            {"course": {"code": "COMP 2011", "title": "C++"}, "grade": "A-", "units": 4},
                            {"course": {"code": "MATH 1014", "title": "Calculus II"}, "grade": None, "units": 3},
                        ],
                    }
                ],
            },
            "loans": {
                "nodes": [
                    {
                        "id": "TG9hbjoxMjM",
                        "title": "紅樓夢",
                        "dueAt": "2026-11-30T23:59:00+08:00",
                        "status": "OVERDUE",
                        "statusLabel": "Overdue since yesterday",
                        "renewable": False,
                        "fine": {"amount": "12.50", "currency": "HKD"},
                    },
                    {
                        "id": "TG9hbjo0NTY",
                        "title": "Computer Networks",
                        "dueAt": "2026-12-04T23:59:00+08:00",
                        "status": "ON_LOAN",
                        "statusLabel": "On loan",
                        "renewable": True,
                        "fine": {"amount": "0.00", "currency": "HKD"},
                    },
                ],
                "unavailable": [],
            },
            "applications": {
                "edges": [
                    {
                        "cursor": "eDE",
                        "node": {
                            "title": "Room change",
                            "state": "IN_PROCESS",
                            "steps": [{"department": "Housing", "at": "2026-11-20", "decision": None}],
                        },
                    }
                ],
                "totalCount": 4,
                "pageInfo": {"hasNextPage": True, "endCursor": "eDE"},
            },
            "timetable": {
                "meetings": {
                    "nodes": [
                        {
                            "section": {
                                "code": "L1",
                                "course": {"code": "COMP 2011"},
                                "instructors": ["LI, Xin", "AU, K"],
                            },
                            "room": "LTA",
                            "start": "2026-11-24T09:00:00+08:00",
                            "end": "2026-11-24T10:20:00+08:00",
                        }
                    ],
                    "unavailable": [],
                },
                "conflicts": [],
            },
            "tickets": [],
            "enrolments": [{"classNumber": 12345, "title": f"Course {i}", "seats": 146242} for i in range(20)],
            "advisees": None,
        },
        "systems": [
            {"id": "sis-cwb", "kind": "SIS", "campus": "CWB", "state": "UP"},
            {"id": "library-cwb", "kind": "LIBRARY", "campus": "CWB", "state": "UP"},
        ],
    }
}


def failure(path: list[str | int], code: str, **extensions: Any) -> dict[str, Any]:
    return {"message": "It did not work.", "path": path, "extensions": {"code": code, **extensions}}
