"""The protocols of One Stop and of ticket desks, as the suite is told of them."""

import json
from typing import Any

from campus.eligibility import EligibilityRule
from connectors.onestop import (
    Application,
    ApplicationState,
    ApplicationWish,
    Flowable,
    NewTicket,
    RequestTracker,
    StepState,
    TicketPriority,
    TicketStatus,
)
from sandbox import flowable, request_tracker, ticket_desk

from .case import Absent, AccountOf, Case, Change, Endpoint, Lacks, Page, Word, account_of, moved, nobody, nothing
from .words import everywhere, swapped


async def card_for_quinn(flowable: Any, of: AccountOf) -> tuple[Any, ...]:
    (card,) = (each for each in await flowable.services() if each.key.key == "campus-card-replacement")
    return of("quinn"), ApplicationWish(card, {"circumstances": "Lost."}), ""


async def application_of_quinn(flowable: Any, of: AccountOf, state: ApplicationState) -> Application:
    return next(each for each in await flowable.applications(of("quinn")) if each.state is state)


async def returned_to_quinn(flowable: Any, of: AccountOf) -> tuple[Any, ...]:
    application = await application_of_quinn(flowable, of, ApplicationState.RETURNED_FOR_AMENDMENT)
    (service,) = (each for each in await flowable.services() if each.key == application.service)
    return application, ApplicationWish(service, {}), ""


async def running_of_quinn(flowable: Any, of: AccountOf) -> tuple[Any, ...]:
    return (await application_of_quinn(flowable, of, ApplicationState.IN_PROCESS),)


FLOWABLE = Case(
    module=Flowable,
    simulator=flowable,
    campus="GZ",
    account="onestop_id",
    username="onestop",
    repeats=True,
    counts=frozenset({"total"}),
    whole=frozenset({"variables"}),
    endpoints={
        "applications": Endpoint(
            arguments=account_of("quinn"),
            told=lambda applications: [each.id for each in applications],
            held=lambda held: held.column(
                "select id from instance where id in (select instance from variable where name = 'applicant'"
                " and value = json_quote(?)) order by start_time desc, id",
                *held.asked,
            ),
            page=Page("connectors.onestop.flowable.PAGE_SIZE", 7),
            absent=Absent(nobody("os-nobody"), []),
            words={},  # states are worked out from the engine's own times; no word of its stands for one
        ),
        "steps": Endpoint(
            arguments=account_of("quinn"),
            told=lambda steps: [each.id for each in steps],
            held=lambda held: held.column(
                "select id from task where instance in (select instance from variable where name = 'applicant'"
                " and value = json_quote(?)) order by start_time, id",
                *held.asked,
            ),
            page=Page("connectors.onestop.flowable.PAGE_SIZE", 7),
            absent=Absent(nobody("os-nobody"), []),
            words={
                StepState: Word(
                    swapped(b'"value": "approved"', b'"value": "escalated"'),
                    lambda steps: [(each.state, each.decision) for each in steps if each.decision == "escalated"],
                    label="escalated",
                )
            },
        ),
        "services": Endpoint(
            arguments=nothing,
            told=lambda services: [each.key.key for each in services],
            held=lambda held: held.column("select distinct key from definition order by service ->> '$.name.en'"),
            page=Lacks("more services than fit into a page are refused, which test_flowable_connector.py shows"),
            absent=Lacks("the catalogue is asked for whole"),
            words={
                EligibilityRule: Word(
                    everywhere("rule", "height"),
                    lambda services: [(rule.kind, None) for each in services for rule in each.rules],
                    label=Lacks("people are told the reason that the office wrote, not what the rule looks at"),
                )
            },
        ),
        "application_by_mark": Lacks("it finds only what was handed in with a mark: test_flowable_changes.py"),
        "amended_by_mark": Lacks("it finds only what was amended with a mark: test_flowable_changes.py"),
    },
    changes={
        "apply": Change(arguments=card_for_quinn, method="POST", at=lambda *_: "/runtime/process-instances"),
        "amend": Change(arguments=returned_to_quinn, method="POST", at=lambda *_: "/runtime/tasks/", refused=bool),
        "withdraw": Change(
            arguments=running_of_quinn,
            method="DELETE",
            at=lambda application: f"/runtime/process-instances/{application.id}",
            refused=bool,
        ),
    },
)


async def quinns_tickets(desk: Any, of: AccountOf) -> tuple[Any, ...]:
    address = of("quinn")
    return ({ticket.id: address for ticket in await desk.tickets(address)},)


async def quinns_events(desk: Any, of: AccountOf) -> tuple[Any, ...]:
    return ([event.id for event in await desk.history(*await quinns_tickets(desk, of))],)


async def some_of_quinns_tickets(desk: Any, of: AccountOf) -> tuple[Any, ...]:
    return of("quinn"), [ticket.id for ticket in await desk.tickets(of("quinn"))][:5]


async def a_new_ticket(_: Any, of: AccountOf) -> tuple[Any, ...]:
    asked = NewTicket(queue="Network", subject="No Wi-Fi", text="Since noon", priority=TicketPriority.LOW)
    return of("quinn"), asked, "mark-of-a-ticket"


async def a_ticket_with_a_mark(desk: Any, of: AccountOf) -> tuple[Any, ...]:
    if await desk.ticket_by_mark("mark-of-a-ticket") is None:
        await desk.open_ticket(*await a_new_ticket(desk, of))
    return ("mark-of-a-ticket",)


async def a_new_reply(desk: Any, of: AccountOf) -> tuple[Any, ...]:
    return of("quinn"), (await desk.tickets(of("quinn")))[0].id, "It works again.", "markofareply"


async def a_reply_with_a_mark(desk: Any, of: AccountOf) -> tuple[Any, ...]:
    address, ticket, text, mark = await a_new_reply(desk, of)
    await desk.reply(address, ticket, text, mark)
    return address, ticket, mark


REQUEST_TRACKER = Case(
    module=RequestTracker,
    simulator=request_tracker,
    campus="CWB",
    account="ticket_address",
    repeats=True,
    endpoints={
        "tickets": Endpoint(
            arguments=account_of("quinn"),
            told=lambda tickets: [ticket.id for ticket in tickets],
            held=lambda held: held.column(
                "select cast(id as text) from ticket join requestor on ticket = id where address = ?"
                " order by created desc, id",
                *held.asked,
            ),
            page=Page("connectors.onestop.request_tracker.PAGE_SIZE", 7),
            absent=Absent(nobody("nobody@connect.ust.example"), []),
            words={
                TicketStatus: Word(
                    everywhere("Status", "awaiting parts"),
                    lambda tickets: [(ticket.status, ticket.status_label) for ticket in tickets],
                    label="awaiting parts",
                )
            },
        ),
        "history": Endpoint(
            arguments=quinns_tickets,
            told=lambda events: [event.id for event in events],
            held=Lacks("what a requestor may know is chosen row by row; test_request_tracker_connector.py reads it"),
            page=Lacks("rows are left out of every page, so that what is told does not count them"),
            absent=Absent(lambda _: ({"99999": "nobody@connect.ust.example"},), []),
            words={},
        ),
        "texts": Endpoint(
            arguments=quinns_events,
            told=list,
            held=Lacks("which parts are text and no file is chosen row by row; test_request_tracker_connector.py does"),
            page=Lacks("rows are left out of every page, so that what is told does not count them"),
            absent=Absent(lambda _: (["99999999"],), {}),
            words={},
        ),
        "some_tickets": Endpoint(
            arguments=some_of_quinns_tickets,
            told=lambda tickets: [ticket.id for ticket in tickets],
            held=lambda held: held.column(
                "select cast(id as text) from ticket where id in (select value from json_each(?))"
                " order by created desc, id",
                json.dumps([int(each) for each in held.asked[1]]),
            ),
            page=Lacks("no more are asked for than a page holds"),
            absent=Absent(lambda address, _: (address, ["99999999"]), []),
            words={
                TicketStatus: Word(
                    everywhere("Status", "awaiting parts"),
                    lambda tickets: [(ticket.status, ticket.status_label) for ticket in tickets],
                    label="awaiting parts",
                )
            },
        ),
        "queues": Endpoint(
            arguments=nothing,
            told=lambda queues: [queue.name for queue in queues],
            held=lambda _: sorted(name for name, _ in ticket_desk.QUEUES.values()),
            page=Lacks("a desk has a handful of teams, which are asked for whole"),
            absent=Lacks("the teams are asked for whole"),
            words={},
        ),
        "ticket_by_mark": Endpoint(
            arguments=a_ticket_with_a_mark,
            told=lambda number: [number],
            held=lambda held: held.column(
                "select cast(ticket as text) from cf where name = 'Idempotency Key' and value = ?", *held.asked
            ),
            page=Lacks("one ticket has a mark"),
            absent=Absent(nobody("nobodys-mark"), None),
            words={},
        ),
        "has_reply": Endpoint(
            arguments=a_reply_with_a_mark,
            told=lambda found: [found] if found else [],
            held=Lacks("it is told whether there is one, which test_real_request_tracker.py shows"),
            page=Lacks("it is told whether there is one"),
            absent=Absent(lambda address, ticket, _: (address, ticket, "nobodys-mark"), False),
            words={},
        ),
    },
    changes={
        "open_ticket": Change(arguments=a_new_ticket, method="POST", at=lambda *_: "/REST/2.0/ticket"),
        "reply": Change(
            arguments=a_new_reply,
            method="POST",
            at=lambda _, ticket, *__: f"/REST/2.0/ticket/{ticket}/correspond",
        ),
        "write_contacts": Change(arguments=moved("alex"), method="PUT", at=lambda *_: "/REST/2.0/user/"),
    },
)
