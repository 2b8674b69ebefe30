"""The portal's own store does the same on SQLite and on a real PostgreSQL."""

import asyncio
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import msgspec
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from campus.academic_year import AcademicPhase
from campus.announcement import (
    Announcement,
    AnnouncementFeed,
    AnnouncementKey,
    AnnouncementPriority,
    Audience,
    Sender,
    SenderKind,
)
from campus.contacts import ContactPart
from connectors.portal import (
    NONE,
    ApplicationDraft,
    DashboardLayout,
    Database,
    LayoutConflict,
    LayoutConflictReason,
    Notice,
    NotificationCategory,
    NotificationChannel,
    NotificationMatter,
    NotificationSetting,
    OutcomeKey,
    PendingWrite,
    PlacedWidget,
    PortalLoaders,
    Preferences,
    QuietHours,
    Reader,
    ReadKey,
    Wish,
    database,
    delete_layout,
    drop_draft,
    erase,
    keep_feed,
    keep_notices,
    keep_pending,
    mark_all_read,
    mark_read,
    metadata,
    open_store,
    place_of,
    purge,
    save_draft,
    save_layout,
    save_preferences,
)
from connectors.portal.database import engine_of
from connectors.portal.migration import migrate
from connectors.portal.outcomes import begun
from connectors.wire import UpstreamError

NOW = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=5000)
HEAD = "0004"

ROOT = Path(__file__).parents[2]
PERIODS = {
    "application_drafts": timedelta(days=180),
    "announcements": timedelta(days=400),
    "dashboard_layouts": timedelta(days=1500),
    "notices": timedelta(days=180),
    "notification_preferences": timedelta(days=1500),
    "outcomes": timedelta(days=30),
    "pending_writes": timedelta(days=90),
}
ANYBODY = Reader(person="", campuses=(), programmes=())
ALEX = Reader(person="p-000001", campuses=("CWB",), programmes=("BSC-COMP",))
MEI = Reader(person="p-000002", campuses=("GZ",), programmes=("MPHIL-AIAA",))
SYSTEMS = ("notices-cwb", "notices-gz")


def loaders(store):
    return PortalLoaders(store, Counter())


async def ask(store):
    return await loaders(store).feed_read_by_system.load("notices-cwb")


def layout(name="Exams", phase=AcademicPhase.EXAMINATIONS, widgets=("exams", "timetable")):
    placed = [PlacedWidget(widget=each, column=0, row=row, width=6, height=4) for row, each in enumerate(widgets)]
    return DashboardLayout(name=name, phase=phase, widgets=placed, updated_at=NOW)


def announcement(entry, *, system="notices-cwb", days=0, priority=AnnouncementPriority.NORMAL, **audience):
    published = NOW - timedelta(days=days)
    return Announcement(
        key=AnnouncementKey(system, entry),
        campus=system[-3:].strip("-").upper(),
        title={"en": f"About {entry}", "zh-Hant": f"關於 {entry}"},
        text={"en": "First.\n\nSecond."},
        sender=Sender(kind=SenderKind.DEPARTMENT, name={"en": "Department of Tests"}),
        priority=priority,
        audience=Audience(**{name: list(codes) for name, codes in audience.items()}),
        link=f"https://notices.example/{entry}",
        published_at=published,
        updated_at=published,
    )


async def keep(store, *announcements, system="notices-cwb", complete=True, since=LONG_AGO):
    feed = AnnouncementFeed(system=system, announcements=announcements, complete=complete)
    async with store.changing() as connection:
        await keep_feed(connection, feed, read_at=NOW, since=since)


async def shown(store, reader, first=100, after=None, **wish):
    page = await loaders(store).page(reader, Wish(SYSTEMS, **wish), first, after)
    return [each.key.entry for each in page.nodes]


async def test_migrations_go_up_to_the_tables_that_the_code_declares_and_down_to_none(place):
    engine = engine_of(place)

    def differences(connection):
        return compare_metadata(MigrationContext.configure(connection), metadata)

    def tables(connection):
        return set(inspect(connection).get_table_names())

    assert await migrate(engine) == (None, HEAD)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
        assert await connection.run_sync(tables) == {*metadata.tables, "alembic_version"}
    assert await migrate(engine) == (HEAD, HEAD)
    assert await migrate(engine, NONE) == (HEAD, None)
    async with engine.connect() as connection:
        assert await connection.run_sync(tables) == {"alembic_version"}
    with pytest.raises(ValueError, match="there is no version '0815'; known are 0001"):
        await migrate(engine, "0815")
    assert await migrate(engine) == (None, HEAD)
    await engine.dispose()


def test_a_process_that_finds_the_tables_up_to_date_does_without_alembic(tmp_path):
    program = (
        "import asyncio, sys; from connectors.portal import Database, open_store\n"
        f"async def main():\n  async with open_store(Database('sqlite:///{tmp_path}/new/portal.sqlite')): pass\n"
        "asyncio.run(main()); print('alembic' in sys.modules)"
    )
    told = [
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)  # noqa: S603  ours
        for _ in range(2)
    ]
    assert [each.stdout for each in told] == ["True\n", "False\n"]


async def test_of_many_processes_that_start_at_once_one_migrates_and_all_can_work(place, monkeypatch):
    monkeypatch.setattr(database, "PATIENCE", 60)  # the machine may have more to do
    engines = [engine_of(place) for _ in range(4)]  # no more in common than processes have
    outcomes = await asyncio.gather(*(migrate(engine) for engine in engines))
    assert sorted(outcomes, key=str) == [(HEAD, HEAD)] * 3 + [(None, HEAD)]
    for engine in engines:
        await engine.dispose()


async def test_tables_of_a_newer_gateway_are_left_alone_and_that_is_told(place):
    engine = engine_of(place)
    await migrate(engine)
    async with engine.begin() as connection:
        await connection.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(UpstreamError, match="of version 9999, which is not known here"):
        await migrate(engine)
    await engine.dispose()


async def test_a_step_that_fails_leaves_the_tables_as_they_were(place):
    engine = engine_of(place)
    await migrate(engine)
    await migrate(engine, NONE)
    async with engine.begin() as connection:
        await connection.execute(text("create table announcement_feed (anything integer)"))  # in the last step's way
    with pytest.raises(Exception, match="announcement_feed"):
        await migrate(engine)
    async with engine.connect() as connection:
        there = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    assert sorted(there) == ["alembic_version", "announcement_feed"]
    await engine.dispose()


async def test_a_layout_is_found_as_it_was_saved_and_only_by_its_person(store):
    exams, teaching = layout(), layout("Teaching", AcademicPhase.TEACHING, ("today", "grades"))
    async with store.changing() as connection:
        for each in (teaching, exams):
            await save_layout(connection, "p-000001", each, NOW)
        await save_layout(connection, "p-000002", layout("Mine", None), NOW)
    portal = loaders(store)
    alex, mei, nobody = await asyncio.gather(*(portal.layouts_by_person.load(f"p-00000{n}") for n in (1, 2, 3)))
    assert list(alex) == [exams, teaching]
    assert [each.name for each in mei] == ["Mine"]
    assert list(nobody) == []


async def save(store, each, seen=None, now=NOW):
    async with store.changing() as connection:
        return await save_layout(connection, "p-000001", each, now, seen=seen)


async def test_a_layout_is_written_over_what_its_writer_saw_and_over_nothing_else(store):
    later = NOW + timedelta(minutes=1)
    old, new = layout(), layout(widgets=("today",))
    assert await save(store, old) is None
    assert await save(store, new) == LayoutConflict(LayoutConflictReason.CHANGED, stored=old)
    assert await save(store, new, seen=new.version) == LayoutConflict(LayoutConflictReason.CHANGED, stored=old)
    assert await save(store, layout("Other", None), seen=old.version) == LayoutConflict(
        LayoutConflictReason.REMOVED, stored=None
    )
    assert await save(store, new, seen=old.version, now=later) is None
    (found,) = await loaders(store).layouts_by_person.load("p-000001")
    assert (len(found.widgets), found.updated_at, found.version) == (1, later, new.version)


async def test_a_phase_has_one_layout_and_a_person_no_more_than_twenty(store):
    exams = layout()
    assert await save(store, exams) is None
    for name, phase in (("Second", AcademicPhase.EXAMINATIONS), *((f"{n:02}", None) for n in range(19))):
        conflict = await save(store, layout(name, phase))
        assert conflict == (LayoutConflict(LayoutConflictReason.PHASE_TAKEN, stored=exams) if phase else None)
    assert await save(store, layout("One too many", None)) == LayoutConflict(LayoutConflictReason.TOO_MANY, stored=None)
    assert await save(store, layout("00", None, ("loans",)), seen=layout(phase=None).version) is None
    assert len(await loaders(store).layouts_by_person.load("p-000001")) == 20


async def test_a_layout_is_deleted_as_it_was_seen_and_what_is_gone_stays_gone(store):
    exams = layout()
    await save(store, exams)

    async def delete(seen):
        async with store.changing() as connection:
            return await delete_layout(connection, "p-000001", "Exams", seen=seen)

    assert await delete("of yesterday") == LayoutConflict(LayoutConflictReason.CHANGED, stored=exams)
    assert await delete(exams.version) is None
    assert await delete(exams.version) is None
    assert await loaders(store).layouts_by_person.load("p-000001") == ()


async def test_of_many_who_write_one_layout_at_once_one_does_and_all_others_are_told_what_stands(store):
    wishes = [layout(widgets=("today",) * count) for count in range(1, 11)]
    outcomes = await asyncio.gather(*(save(store, each) for each in wishes))
    (written,) = [each for each, outcome in zip(wishes, outcomes, strict=True) if outcome is None]
    assert [outcome for outcome in outcomes if outcome] == [
        LayoutConflict(LayoutConflictReason.CHANGED, stored=written)
    ] * 9
    assert await loaders(store).layouts_by_person.load("p-000001") == [written]


async def test_preferences_are_what_was_chosen_last_and_only_that(store):
    def setting(enabled, channel=NotificationChannel.MAIL):
        return NotificationSetting(category=NotificationCategory.LIBRARY, channel=channel, enabled=enabled)

    night = QuietHours(matter=NotificationMatter.ACADEMIC, starts=time(22), ends=time(7, 30))
    never = QuietHours(matter=NotificationMatter.ACADEMIC, starts=None, ends=None)
    first = Preferences(settings=[setting(True), setting(False, NotificationChannel.PUSH)], quiet_hours=[night])
    async with store.changing() as connection:
        await save_preferences(connection, "p-000001", first, NOW)
    assert (await loaders(store).preferences_by_person.load("p-000001")).quiet_hours == [night]
    async with store.changing() as connection:
        await save_preferences(connection, "p-000001", Preferences([setting(False)], [never]), NOW)
    found = await loaders(store).preferences_by_person.load("p-000001")
    assert {(each.channel, each.enabled) for each in found.settings} == {
        (NotificationChannel.MAIL, False),
        (NotificationChannel.PUSH, False),
    }
    assert found.quiet_hours == [never]
    assert await loaders(store).preferences_by_person.load("p-000002") == Preferences()


async def test_an_announcement_is_kept_as_the_feed_told_it_and_changed_with_it(store):
    told = announcement("a", interests=["ai", "sports"], programmes=["BSC-COMP"], campuses=["CWB"])
    await keep(store, told)
    assert await loaders(store).announcement_by_key.load(told.key) == told
    edited = msgspec.structs.replace(told, title={"en": "Corrected"}, audience=Audience(interests=["ai"]), link=None)
    await keep(store, edited)
    assert await loaders(store).announcement_by_key.load(told.key) == msgspec.structs.replace(
        edited, audience=Audience(campuses=(), programmes=(), interests=["ai"])
    )
    assert await loaders(store).announcement_by_key.load(AnnouncementKey("notices-cwb", "b")) is None


async def test_what_a_complete_feed_no_longer_has_is_withdrawn_and_what_another_one_drops_is_not(store):
    await keep(store, announcement("a"), announcement("b"))
    await keep(store, announcement("a", system="notices-gz"), system="notices-gz")
    async with store.changing() as connection:
        await mark_read(connection, ALEX.person, [announcement("b").key], NOW)
    await keep(store, announcement("c"), complete=False)
    assert sorted(await shown(store, ANYBODY)) == ["a", "a", "b", "c"]
    await keep(store, announcement("c"))
    assert sorted(await shown(store, ANYBODY)) == ["a", "c"]
    await keep(store)
    assert await shown(store, ANYBODY) == ["a"]
    await keep(store, announcement("b"))  # given out once more, it is new to all
    assert await shown(store, ALEX, unread=True, campus="CWB") == ["b"]


async def test_whom_an_announcement_is_for_is_decided_as_the_record_says(store):
    everything = [
        announcement("all"),
        announcement("cwb", campuses=["CWB"]),
        announcement("both", campuses=["CWB", "GZ"]),
        announcement("comp", programmes=["BSC-COMP"]),
        announcement("comp-in-gz", programmes=["BSC-COMP"], campuses=["GZ"]),
        announcement("sports", interests=["sports"]),
    ]
    await keep(store, *everything)
    expected = {
        ANYBODY: ["all", "sports"],
        ALEX: ["all", "both", "comp", "cwb", "sports"],
        MEI: ["all", "both", "sports"],
    }
    for reader, entries in expected.items():
        assert sorted(await shown(store, reader)) == entries
        meant = [each.key.entry for each in everything if each.audience.includes(reader.campuses, reader.programmes)]
        assert sorted(meant) == entries
        assert await loaders(store).count(reader, Wish(SYSTEMS)) == len(entries)


async def test_each_wish_leaves_only_what_fits_it(store):
    await keep(
        store,
        announcement("old", days=90),
        announcement("high", priority=AnnouncementPriority.HIGH),
        announcement("ai", interests=["ai"]),
    )
    await keep(store, announcement("gz", system="notices-gz"), system="notices-gz")
    assert await shown(store, ALEX, campus="GZ") == ["gz"]
    assert await shown(store, ALEX, priority=AnnouncementPriority.HIGH) == ["high"]
    assert await shown(store, ALEX, interest="ai") == ["ai"]
    assert await shown(store, ALEX, senders=[SenderKind.INSTRUCTOR]) == []
    assert await shown(store, ALEX, since=NOW - timedelta(days=1), campus="CWB") == ["ai", "high"]
    async with store.changing() as connection:
        await mark_read(connection, ALEX.person, [announcement("ai").key, announcement("old").key], NOW)
    assert await shown(store, ALEX, unread=True) == ["high", "gz"]
    assert sorted(await shown(store, MEI, unread=True)) == ["ai", "gz", "high", "old"]
    keys = [ReadKey(person, announcement("ai").key) for person in (ALEX.person, MEI.person)]
    portal = loaders(store)
    assert await asyncio.gather(*map(portal.read_at_by_key.load, keys)) == [NOW, None]


async def test_what_is_read_was_read_when_it_was_first_and_what_was_withdrawn_cannot_be(store):
    later, gone = NOW + timedelta(hours=1), announcement("withdrawn").key
    await keep(store, announcement("a"), announcement("b", days=1), announcement("c", days=-1))
    await keep(store, announcement("gz", campuses=["GZ"], system="notices-gz"), system="notices-gz")
    keys = [announcement(entry).key for entry in "abc"]
    async with store.changing() as connection:
        await mark_read(connection, ALEX.person, [keys[0], gone], NOW)
        await mark_all_read(connection, ALEX, Wish(SYSTEMS, until=NOW), later)
    portal = loaders(store)
    seen = await asyncio.gather(*(portal.read_at_by_key.load(ReadKey(ALEX.person, key)) for key in (*keys, gone)))
    assert seen == [NOW, later, None, None]
    not_for_alex = ReadKey(ALEX.person, announcement("gz", system="notices-gz").key)
    assert await portal.read_at_by_key.load(not_for_alex) is None


async def test_pages_follow_one_another_whatever_comes_and_goes(store):
    everything = [announcement(f"{n:02}", days=n // 3) for n in range(10)]  # three of each moment
    await keep(store, *everything)
    order = [f"{n:02}" for n in range(10)]
    assert await shown(store, ANYBODY) == order
    page = await loaders(store).page(ANYBODY, Wish(SYSTEMS), 4, None)
    assert ([each.key.entry for each in page.nodes], page.total, page.more) == (order[:4], 10, True)
    # The last one of the page is withdrawn, and a newer one comes.
    await keep(store, announcement("new", days=-1), *(each for each in everything if each.key.entry != "03"))
    page = await loaders(store).page(ANYBODY, Wish(SYSTEMS), 6, place_of(everything[3]))
    assert ([each.key.entry for each in page.nodes], page.total, page.more) == (order[4:], 10, False)


async def test_a_feed_that_was_read_is_told_from_one_that_never_was(store):
    assert await asyncio.gather(*map(loaders(store).feed_read_by_system.load, SYSTEMS)) == [False, False]
    await keep(store)
    assert await asyncio.gather(*map(loaders(store).feed_read_by_system.load, SYSTEMS)) == [True, False]


async def test_purging_deletes_what_is_over_its_period_and_counts_it(store):
    await keep(store, announcement("fresh"), announcement("old", days=401), announcement("older", days=500))
    async with store.changing() as connection:
        await mark_read(connection, ALEX.person, [announcement("old").key, announcement("fresh").key], NOW)
        await save_layout(connection, ALEX.person, layout("Old"), NOW - timedelta(days=1501))
        await save_layout(connection, MEI.person, layout("New"), NOW - timedelta(days=1499))
    async with store.changing() as connection:
        fresh, over = [waits(MEI.person), told_to(MEI.person)], NOW - timedelta(days=181)
        await keep_pending(connection, [fresh[0], waits(ALEX.person, over)])
        await keep_notices(connection, [fresh[1], told_to(ALEX.person, over)])
    assert await purge(store, PERIODS, NOW) == {
        "announcement": 2, "application_draft": 0, "dashboard_layout": 1, "notice": 1, "notification_setting": 0,
        "outcome": 0, "pending_write": 1, "quiet_hours": 0,
    }  # fmt: skip
    assert await shown(store, ANYBODY) == ["fresh"]
    assert await loaders(store).layouts_by_person.load(ALEX.person) == ()
    assert len(await loaders(store).layouts_by_person.load(MEI.person)) == 1
    # The feed still has it; it is not taken in again to be purged tomorrow.
    await keep(store, announcement("fresh"), announcement("old", days=401), since=NOW - PERIODS["announcements"])
    assert await shown(store, ANYBODY) == ["fresh"]
    assert set(await purge(store, PERIODS, NOW)) == {name for name, table in metadata.tables.items() if table.info}


async def test_erasing_a_person_leaves_nothing_of_them_in_any_table(store):
    await keep(store, announcement("a"))
    chosen = Preferences(
        [NotificationSetting(category=NotificationCategory.FEES, channel=NotificationChannel.PUSH, enabled=True)],
        [QuietHours(matter=NotificationMatter.ADMINISTRATIVE, starts=None, ends=None)],
    )
    for person in (ALEX.person, MEI.person):
        async with store.changing() as connection:
            await save_layout(connection, person, layout(), NOW)
            await save_preferences(connection, person, chosen, NOW)
            await mark_read(connection, person, [announcement("a").key], NOW)
            await save_draft(connection, person, draft())
            await begun(OutcomeKey(person, "applyForService", "k"), "request", NOW)(connection)
            await keep_pending(connection, [waits(person)])
            await keep_notices(connection, [told_to(person)])
    personal = {name for name, table in metadata.tables.items() if "person" in table.c}
    assert await erase(store, ALEX.person) == dict.fromkeys(personal, 1)
    async with store.reading() as connection:
        for name, table in metadata.tables.items():
            for row in (await connection.execute(table.select())).mappings():
                assert ALEX.person not in row.values(), name
    assert len(await loaders(store).layouts_by_person.load(MEI.person)) == 1


def waits(person, asked_at=NOW):
    return PendingWrite(
        person=person, system="library-gz", part=ContactPart.TELEPHONE, value="+852 1", accounts={}, change="c",
        asked_at=asked_at, due_at=asked_at,
    )  # fmt: skip


def told_to(person, published_at=NOW):
    return Notice(
        person=person, id="n", category=NotificationCategory.ADMINISTRATION, title={"en": "Late"},
        text={"en": "Very late."}, published_at=published_at,
    )  # fmt: skip


def draft(service="campus-card-replacement", **form):
    return ApplicationDraft(system="onestop-gz", service=service, form=form, updated_at=NOW)


async def test_a_draft_is_one_for_each_person_and_service_until_it_is_thrown_away(store):
    async def drafts(person):
        return await loaders(store).drafts_by_person.load(person)

    async with store.changing() as connection:
        for form in ({"copies": 1}, {"copies": 2, "note": None}):
            await save_draft(connection, ALEX.person, draft(**form))
        await save_draft(connection, ALEX.person, draft("hall"))
        await save_draft(connection, MEI.person, draft())
    assert await drafts(ALEX.person) == [draft(copies=2, note=None), draft("hall")]
    async with store.changing() as connection:
        await drop_draft(connection, ALEX.person, "onestop-gz", "hall")
        await drop_draft(connection, ALEX.person, "onestop-gz", "never-there")
    assert await drafts(ALEX.person) == [draft(copies=2, note=None)]
    assert await drafts(MEI.person) == [draft()]
    assert await drafts("p-000009") == ()


async def test_a_visit_that_fails_changes_nothing(store):
    async def fail_late():
        async with store.changing() as connection:
            await save_layout(connection, ALEX.person, layout(), NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_late()
    assert await loaders(store).layouts_by_person.load(ALEX.person) == ()


async def test_many_who_write_at_once_all_get_their_turn(store):
    async def write(number):
        async with store.changing() as connection:
            await save_layout(connection, f"p-{number}", layout(), NOW)

    await asyncio.gather(*(write(number) for number in range(40)))
    found = await asyncio.gather(*(loaders(store).layouts_by_person.load(f"p-{number}") for number in range(40)))
    assert [len(each) for each in found] == [1] * 40


async def test_statements_are_counted_for_the_operation_that_made_them(store):
    tally = Counter()
    await PortalLoaders(store, tally).page(ALEX, Wish(SYSTEMS), 10, None)
    assert tally == {"portal": 3}  # how many there are, the page, and its audience


async def test_a_database_that_cannot_be_reached_is_told_and_used_again_once_it_is_back(tmp_path, caplog):
    file = tmp_path / "away"
    file.write_text("a file where a folder belongs")
    async with open_store(Database(f"sqlite:///{file}/portal.sqlite")) as store:
        assert "portal: FileExistsError" in caplog.text
        with pytest.raises(UpstreamError) as failed:
            await ask(store)
        assert (failed.value.system, failed.value.code) == ("portal", "UPSTREAM_UNAVAILABLE")
        file.unlink()
        assert await ask(store) is False


async def test_a_server_that_stops_is_told_and_used_again_once_it_is_back(postgres, caplog):
    database = await postgres.database("comes-and-goes")
    postgres.stop()
    async with open_store(database) as store:
        assert "portal: " in caplog.text
        postgres.start()
        assert await ask(store) is False
        postgres.stop()
        with pytest.raises(UpstreamError) as failed:
            await ask(store)
        postgres.start()
        assert (failed.value.system, failed.value.code) == ("portal", "UPSTREAM_UNAVAILABLE")
        assert await ask(store) is False


async def test_a_wrong_password_is_told_like_any_other_refusal_and_is_in_no_message(postgres, caplog):
    good = await postgres.database("refused")
    wrong = Database(good.url, "another-s3cret")
    assert "s3cret" not in repr(wrong)
    async with open_store(wrong) as store:
        with pytest.raises(UpstreamError) as failed:
            await ask(store)
    assert "s3cret" not in f"{failed.value}{caplog.text}"
