"""Applications tell who handles them, how far they are, what was handed in, and what their applicant has to do."""

from datetime import datetime
from typing import Any

from tests.e2e import plain_reads as plain
from tests.simulated_campus import NOW, SimulatedCampus, campus_over

SIMPLIFIED = {"Accept-Language": "zh-Hans"}
EXPECTED = "{ me { applications(first: 100) { nodes { reference state expected { kind until place } } } } }"

HANDLED = "{ me { applications(first: 1) { nodes { steps { name department } progress { done } } } } }"


async def shown(campus: SimulatedCampus, who: str, **more: Any) -> list[dict[str, Any]]:
    answer = await campus.widget("my-applications", {"first": 100}, as_=who, **more)
    assert answer.errors == []
    found: list[dict[str, Any]] = answer.at("me.applications.nodes")
    return found


async def test_each_step_says_what_is_done_and_by_whom_in_the_viewers_language(open_campus: SimulatedCampus) -> None:
    services = await plain.services(open_campus)
    seen = set()
    for who in ("alex", "mei"):
        for application in await shown(open_campus, who, headers=SIMPLIFIED):
            (service,) = (
                each for each in services.values() if each["name"]["zh-hans"] == application["service"]["name"]
            )
            steps = {step["id"]: step for step in (*service["steps"], service["amendment"])}
            _, tasks = await plain.handling(open_campus, application["reference"])
            assert [(step["name"], step["department"]) for step in application["steps"]] == [
                (
                    steps[task["taskDefinitionKey"]]["name"]["zh-hans"],
                    steps[task["taskDefinitionKey"]].get("department", {}).get("zh-hans"),
                )
                for task in tasks
            ]
            assert [(step["decision"], step["comment"]) for step in application["steps"]] == [
                tuple(plain.variables_of(task).get(name) for name in ("decision", "comment")) for task in tasks
            ]
            seen |= {step["state"] for step in application["steps"]}
    assert seen >= {"WAITING", "DONE", "RETURNED_FOR_AMENDMENT", "CANCELLED"}


TABS = """query ($tab: ApplicationTab) {
  me { applications(tab: $tab, first: 100) { totalCount nodes { reference tab } } }
}"""


async def test_each_tab_holds_what_the_engine_has_over_half_way_or_running(open_campus: SimulatedCampus) -> None:
    held: dict[str, dict[str, set[str]]] = {}
    told = await open_campus.systems["onestop-gz"].get(
        "/history/historic-process-instances", {"includeProcessVariables": "true", "size": "10000"}
    )
    for row in told["data"]:
        variables = plain.variables_of(row)
        outcomes = "PHASED" if variables.get("milestones") else "IN_PROCESS"
        tab = "COMPLETED" if row["endTime"] else outcomes
        held.setdefault(str(variables["applicant"]), {}).setdefault(tab, set()).add(row["businessKey"])
    for who in ("quinn", "mei", "alex"):
        mine = held[(await plain.claims(open_campus, who))["onestop_id"]]
        for tab in ("IN_PROCESS", "PHASED", "COMPLETED"):
            answer = await open_campus.ask(TABS, {"tab": tab}, as_=who)
            assert answer.errors == []
            page = answer.at("me.applications")
            assert {each["tab"] for each in page["nodes"]} <= {tab}
            assert {each["reference"] for each in page["nodes"]} == mine.get(tab, set())
            assert page["totalCount"] == len(mine.get(tab, ()))
        if who == "quinn":
            assert mine.keys() == {"IN_PROCESS", "PHASED", "COMPLETED"}


async def test_progress_counts_what_is_done_since_the_application_was_last_given_back(
    open_campus: SimulatedCampus,
) -> None:
    services = await plain.services(open_campus)
    for application in await shown(open_campus, "quinn"):
        (service,) = (each for each in services.values() if each["name"]["en"] == application["service"]["name"])
        decisions = [step["decision"] for step in application["steps"]]
        done = 0 if "returned" in decisions else decisions.count("approved")
        assert application["progress"] == {"done": done, "total": len(service["steps"])}
        if application["state"] == "COMPLETED":
            assert done == len(service["steps"])


async def test_files_are_told_of_and_their_bytes_never_asked_for(open_campus: SimulatedCampus) -> None:
    seen: dict[str, list[str]] = {}
    for who in ("alex", "mei", "quinn"):
        for application in await shown(open_campus, who):
            variables, _ = await plain.handling(open_campus, application["reference"])
            assert application["attachments"] == [
                {
                    "name": file["name"],
                    "type": file["type"],
                    "size": file["size"],
                    "uploadedAt": file["uploadedAt"].replace(".000", ""),
                }
                for file in sorted(variables.get("files", ()), key=lambda file: file["variable"])
            ]
            seen.setdefault(who, []).extend(file["name"] for file in application["attachments"])
    assert len({tuple(names) for names in seen.values()}) == 3
    assert seen["quinn"]
    asked = [call["path"] for call in await open_campus.systems["onestop-gz"].calls()]
    assert not any(path.endswith("/data") for path in asked)


async def test_what_is_expected_of_the_applicant_says_until_when_and_where(open_campus: SimulatedCampus) -> None:
    now, kinds = datetime.fromisoformat(NOW), set()
    for who in ("alex", "mei", "quinn"):
        answer = await open_campus.ask(EXPECTED, as_=who)
        assert answer.errors == []
        for application in answer.at("me.applications.nodes"):
            variables, _ = await plain.handling(open_campus, application["reference"])
            told = application["expected"]
            until = told["until"] and plain.moment(told["until"])
            collection = variables.get("collection")
            if application["state"] == "RETURNED_FOR_AMENDMENT":
                assert (told["kind"], until) == ("AMEND", plain.moment(variables["amendUntil"]))
            elif collection and plain.moment(collection["until"]) > now:
                ready = ("COLLECT", plain.moment(collection["until"]), collection["place"]["en"])
                assert (told["kind"], until, told["place"]) == ready
            else:
                assert told == {"kind": "NOTHING", "until": None, "place": None}
            kinds.add(told["kind"])
    assert kinds >= {"AMEND", "NOTHING"}


async def test_without_the_catalogue_steps_keep_the_engines_words_and_departments_are_told_as_missing(
    open_campus: SimulatedCampus,
) -> None:
    """The catalogue comes of another call than the steps; a gateway that could never read it knows the steps only."""
    onestop = open_campus.systems["onestop-gz"]
    await onestop.fault("500", path="/repository")
    try:
        async with campus_over(open_campus.university) as campus:
            answer = await campus.ask(
                "{ me { applications(first: 1) { nodes { steps { name department } progress { done } } } } }",
                as_="alex",
            )
    finally:
        await onestop.fault("none")
    (application,) = answer.at("me.applications.nodes")
    assert application["progress"] is None
    assert all(step["name"] and step["department"] is None for step in application["steps"])
    places = [f"me.applications.nodes.0.steps.{place}.department" for place in range(len(application["steps"]))]
    assert answer.faults() == {
        (path, "UPSTREAM_UNAVAILABLE", "onestop-gz") for path in (*places, "me.applications.nodes.0.progress")
    }
