"""What the benchmark makes of its figures, and of the real week, without measuring anything."""

import json
from datetime import date, datetime, timedelta

from booking.simulation.week import Change, Step, make_pools
from tests.benchmarks.rows import Row, at_least, at_most, markdown, table, write

EIGHT = datetime.fromisoformat("2026-03-12T08:00")  # a Thursday
FIRST_LOOK = datetime.fromisoformat("2026-03-09T07:00")
KEY = ("town", "1/1")
CALENDAR = {
    "authority": "Town",
    "name": "Office",
    "slot_minutes_observed": 10,
    "free_slot_hours_observed": {"thu": ["08:00", "08:40"]},
}


def look(number: int) -> datetime:
    return FIRST_LOOK + timedelta(minutes=15 * number)


def unit(number: int) -> datetime:
    return EIGHT + timedelta(minutes=10 * number)


def changes(*rows: tuple[int, int, str]) -> list[Change]:
    return [Change(look(at), unit(number), kind) for at, number, kind in rows]


def pool_of(*rows: tuple[int, int, str]):
    (pool,) = make_pools({KEY: CALENDAR}, {KEY: changes(*rows)})
    return pool


def test_a_target_is_reached_at_its_very_value():
    assert at_least(0.5, 0.5)["reached"]
    assert at_most(3, 3.0)["reached"]
    assert not at_least(0.5, 0.4999)["reached"]
    assert not at_most(3, 3.0001)["reached"]


def test_the_table_names_what_is_missed_and_what_has_no_target():
    rows = [
        Row("slow", "a", "b", **at_least(0.5, 0.25), raw={"a/s": 1}),
        Row("server", "c", "", 2.0, "", None, note="only said"),
    ]
    assert table(rows).splitlines() == [
        "MISSED slow: 0.25 (≥ 0.5)",
        "       a; against b",
        "       a/s 1",
        "–      server: 2 (no target)",
        "       c",
        "       only said",
    ]


def test_what_is_written_down_becomes_the_table_of_the_documentation(tmp_path):
    path = tmp_path / "var" / "bench.json"
    write([Row("slow", "a | b", "c", **at_least(0.5, 0.25), raw={"a/s": 1})], {"cores": 2}, path)
    document = json.loads(path.read_text())
    assert document["machine"] == {"cores": 2}
    assert markdown(document).splitlines()[-1] == (
        "| slow | a \\| b | c | 0.25 | ≥ 0.5 | **missed** | a/s 1 |"
    )


def test_calendars_of_a_branch_with_one_history_are_one_pool():
    history = changes((1, 0, "taken"))
    other = changes((1, 1, "taken"))
    keys = [("town", "1/1"), ("town", "1/2"), ("town", "1/3"), ("town", "2/1")]
    pools = make_pools(
        dict.fromkeys(keys, CALENDAR),
        dict(zip(keys, [history, history, other, history], strict=True)),
    )
    assert [pool.changes for pool in pools] == [history, other, history]


def test_units_that_touch_and_come_and_go_together_are_one_booking():
    pool = pool_of(
        (1, 0, "taken"), (1, 1, "taken"), (1, 2, "taken"), (1, 4, "taken"),
        (2, 0, "freed"), (2, 1, "freed"), (3, 0, "taken"), (3, 1, "taken"),
    )  # fmt: skip
    assert pool.steps() == [
        Step(look(1), "book", (unit(0), unit(1))),
        Step(look(1), "book", (unit(2),)),
        Step(look(1), "book", (unit(4),)),
        Step(look(2), "cancel", (unit(0), unit(1))),
        Step(look(3), "book", (unit(0), unit(1))),
    ]


def test_a_day_nobody_had_seen_is_published_and_elsewhere_something_is_given_back():
    appears = pool_of((1, 0, "released"), (1, 1, "released"), (2, 2, "released"))
    assert appears.steps() == [
        Step(look(1), "publish", (unit(0), unit(1))),
        Step(look(2), "cancel", (unit(2),)),
    ]
    known = pool_of((1, 0, "taken"), (1, 1, "released"))
    assert known.published == {}
    assert known.steps() == [
        Step(look(1), "cancel", (unit(1),)),
        Step(look(1), "book", (unit(0),)),
    ]


def test_what_no_row_names_is_taken_before_the_week():
    pool = pool_of((1, 0, "taken"), (2, 2, "released"))
    assert pool.taken_before(EIGHT.date()) == [(unit(1),), (unit(3), unit(4)), (unit(2),)]
    assert pool.taken_before(date(2026, 3, 13)) == []


def test_free_is_what_was_not_taken_last():
    pool = pool_of((1, 0, "taken"), (2, 0, "freed"), (2, 1, "released"), (3, 1, "taken"))
    assert pool.free_after(look(0)) == {unit(0)}
    assert pool.free_after(look(1)) == set()
    assert pool.free_after(look(2)) == {unit(0), unit(1)}
    assert pool.free_after(look(3)) == {unit(0)}


def test_a_start_between_the_units_makes_them_shorter():
    (pool,) = make_pools(
        {KEY: CALENDAR}, {KEY: [Change(look(1), EIGHT + timedelta(minutes=15), "taken")]}
    )
    assert pool.unit_minutes == 5
    assert len(pool.starts(EIGHT.date())) == 9
