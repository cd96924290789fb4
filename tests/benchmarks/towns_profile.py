"""Many towns in one database: copies of the first one, with a year behind them and a horizon ahead.

Bulk SQL for PostgreSQL. What is random is a hash of where and when, so that the same town has
the same past, present and future in every database; rows of all towns lie mixed by time, as
they would after a year of work. Constraints and indexes are made anew after the load, and so
every row is checked by the database itself.
"""

import time
from datetime import datetime
from zoneinfo import ZoneInfo

import psycopg

# A Tuesday morning: every office is open, and people wait.
MOMENT = datetime(2026, 11, 24, 9, 30, tzinfo=ZoneInfo("Europe/Berlin"))
PAST_DAYS = 365
# 100 towns have 2,000,000 past appointments.
PAST_APPOINTMENTS_PER_TOWN = 20_000
WALK_INS_PER_TOWN = 10_000
# Integer keys of the copies lie this far apart.
APART = 1000

BIG_TABLES = (
    "slot", "appointment", "appointmentitem", "visit", "visititem", "visitevent", "ticketseries",
    "outboxmail",
)  # fmt: skip


def hashed(key: str, seed: int) -> str:
    """SQL for a number from 0 to below 1 that depends on ``key`` alone."""
    return f"((hashtextextended({key}, {seed}) & 65535) / 65536.0)"


def other_id(column: str) -> str:
    return f"md5({column}::text || n)::uuid"


def later_id(column: str) -> str:
    return f"{column} + n * {APART}"


# In order of their foreign keys: table, and the columns a copy has of its own.
COPIED: dict[str, dict[str, str]] = {
    "authority": {
        "id": later_id("t.id"), "slug": "t.slug || '-' || n", "name": "t.name || ' ' || n",
    },
    "service": {"id": later_id("t.id"), "authority_id": later_id("t.authority_id")},
    "office": {"id": other_id("t.id"), "authority_id": later_id("t.authority_id")},
    "offering": {
        "id": other_id("t.id"), "office_id": other_id("t.office_id"),
        "service_id": later_id("t.service_id"),
    },
    "user": {"id": later_id("t.id"), "username": "t.username || '-' || n"},
    "staffrole": {
        "id": later_id("t.id"), "user_id": later_id("t.user_id"),
        "authority_id": later_id("t.authority_id"), "office_id": other_id("t.office_id"),
    },
    "counter": {
        "id": other_id("t.id"), "office_id": other_id("t.office_id"),
        "staff_id": later_id("t.staff_id"),
    },
    "openinghours": {"id": later_id("t.id"), "office_id": other_id("t.office_id")},
    "device": {
        "id": other_id("t.id"), "office_id": other_id("t.office_id"),
        "token_hash": "md5(t.token_hash || n)",
    },
    "slot": {"id": "nextval('booking_slot_id_seq')", "series_id": later_id("t.series_id")},
}  # fmt: skip


def copy_town(connection: psycopg.Connection, copies: int) -> None:
    """So many copies of the one town in the database; the operator stays alone."""
    for table, own in COPIED.items():
        rows = connection.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s",
            [f"booking_{table}"],
        ).fetchall()
        columns = [name for (name,) in rows]
        values = [own.get(name, f't."{name}"') for name in columns]
        condition = "WHERE t.role <> 'operator'" if table == "staffrole" else ""
        names = ", ".join(f'"{name}"' for name in columns)
        connection.execute(
            f"INSERT INTO booking_{table} ({names}) SELECT {', '.join(values)} "
            f"FROM booking_{table} t CROSS JOIN generate_series(1, {copies}) AS n {condition} "
            "ORDER BY n"
        )
    for table, own in COPIED.items():
        if "id" in own and own["id"].startswith("t.id +"):
            connection.execute(
                f"SELECT setval(pg_get_serial_sequence('booking_{table}', 'id'), max(id)) "
                f"FROM booking_{table}"
            )


def fill(connection: psycopg.Connection, towns: int) -> None:
    """A year behind and the horizon ahead for every town in the database."""
    values = {
        "now": MOMENT,
        "today": MOMENT.date(),
        "days": PAST_DAYS,
        "past": PAST_APPOINTMENTS_PER_TOWN * towns,
        "walk_ins": WALK_INS_PER_TOWN * towns,
    }
    connection.execute("SET maintenance_work_mem = '512MB'; SET work_mem = '256MB'")
    with connection.transaction():
        made_anew = _take_off_constraints(connection)
        for statement in STATEMENTS:
            connection.execute(statement, values)
        for statement in made_anew:
            connection.execute(statement)


def _take_off_constraints(connection: psycopg.Connection) -> list[str]:
    """Drop what slows a load down, except primary keys; the statements that make it anew."""
    tables = [f"booking_{name}" for name in BIG_TABLES]
    constraints = connection.execute(
        "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) "
        "FROM pg_constraint WHERE contype IN ('u', 'f') AND conrelid::regclass::text = ANY(%s) "
        "ORDER BY contype DESC",  # unique before foreign keys
        [tables],
    ).fetchall()
    indexes = connection.execute(
        "SELECT quote_ident(indexrelid::regclass::text), pg_get_indexdef(indexrelid) "
        "FROM pg_index WHERE indrelid::regclass::text = ANY(%s) AND NOT EXISTS "
        "(SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'))",
        [tables],
    ).fetchall()
    made_anew = [definition for _name, definition in indexes]
    for table, name, definition in constraints:
        connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        made_anew.append(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
    for name, _definition in indexes:
        connection.execute(f"DROP INDEX {name}")
    return made_anew


SLOTS = """
CREATE TEMP TABLE grid AS
SELECT h.office_id, h.id AS series_id, unit AT TIME ZONE o.time_zone AS start,
       h.counters AS capacity, h.online_counters / 3 AS places, h.unit_minutes AS minutes
FROM booking_openinghours h
JOIN booking_office o ON o.id = h.office_id
CROSS JOIN generate_series(1, %(days)s) AS ago
CROSS JOIN LATERAL generate_series(
    %(today)s - ago + h.opens, %(today)s - ago + h.closes - make_interval(mins => h.unit_minutes),
    make_interval(mins => h.unit_minutes)) AS unit
WHERE extract(isodow FROM %(today)s - ago) - 1 = h.weekday
UNION ALL
SELECT h.office_id, h.id, s.start, s.capacity, h.online_counters / 3, h.unit_minutes
FROM booking_slot s JOIN booking_openinghours h ON h.id = s.series_id
"""

# An appointment takes one to three units; at most a third of the online places begin at once.
APPOINTMENTS = f"""
CREATE TEMP TABLE taken AS
WITH place AS (
    SELECT g.*, g.series_id || ' ' || extract(epoch FROM start)::bigint || ' ' || n AS key
    FROM grid g CROSS JOIN LATERAL generate_series(1, g.places) AS n
), share AS (
    SELECT %(past)s::float / count(*) AS of_past FROM place WHERE start < %(today)s
), drawn AS (
    SELECT place.*,
           {hashed("key", 1)} < CASE
               WHEN start < %(today)s THEN of_past
               ELSE greatest(0.03, 0.9 * exp((%(today)s - start::date) / 14.0)) END AS chosen,
           {hashed("key", 2)} AS fate, {hashed("key", 3)} AS dice
    FROM place CROSS JOIN share
)
SELECT md5(key)::uuid AS id, key, office_id, series_id, start, minutes,
       1 + floor(dice * 3)::int AS units,
       start + make_interval(mins => minutes * (1 + floor(dice * 3)::int)) AS "end",
       CASE WHEN fate < 0.08 THEN 'cancelled'
            WHEN fate < 0.16 AND start < %(now)s THEN 'expired'
            WHEN fate < 0.17 AND start > %(now)s THEN 'held'
            ELSE 'booked' END AS state,
       start - make_interval(hours => 2 + floor(dice * 300)::int) AS made,
       start < %(today)s - 2 AS blanked
FROM drawn WHERE chosen ORDER BY start
"""

STATEMENTS = [
    SLOTS,
    "ANALYZE grid",
    APPOINTMENTS,
    "ANALYZE taken",
    # Slots, each with as many places taken as live appointments overlap it.
    "TRUNCATE booking_slot",
    """
    INSERT INTO booking_slot (series_id, start, capacity, booked)
    SELECT g.series_id, g.start, g.capacity, coalesce(t.booked, 0)
    FROM grid g LEFT JOIN (
        SELECT series_id, start + make_interval(mins => minutes * unit) AS start,
               count(*) AS booked
        FROM taken CROSS JOIN LATERAL generate_series(0, units - 1) AS unit
        WHERE state IN ('held', 'booked') GROUP BY 1, 2
    ) t ON t.series_id = g.series_id AND t.start = g.start
    ORDER BY g.start::date, g.series_id, g.start  -- as they are published
    """,
    """
    INSERT INTO booking_appointment (id, office_id, series_id, state, start, "end", created_at,
        expires_at, booked_at, cancelled_at, blanked_at, code, name, email, phone, language,
        sequence, idempotency_key)
    SELECT id, office_id, series_id, state, start, "end", made,
        CASE state WHEN 'held' THEN %(now)s + interval '10 minutes'
                   WHEN 'expired' THEN made + interval '15 minutes' END,
        CASE WHEN state IN ('booked', 'cancelled') THEN made + interval '3 minutes' END,
        CASE state WHEN 'cancelled' THEN made + interval '1 hour' END,
        CASE WHEN blanked THEN "end" + interval '3 days' END,
        CASE WHEN NOT blanked THEN (10000000 + row_number() OVER (ORDER BY start))::text END,
        CASE WHEN NOT blanked AND state = 'booked' THEN 'Familie Muster' ELSE '' END,
        CASE WHEN NOT blanked AND state = 'booked' THEN 'muster@example.org' ELSE '' END,
        '', 'de', CASE state WHEN 'cancelled' THEN 1 ELSE 0 END,
        CASE WHEN NOT blanked THEN 'flow:' || md5(key) || md5(key || 'b') END
    FROM taken ORDER BY start
    """,
    """
    CREATE TEMP TABLE offered AS
    SELECT office_id, id, letter, row_number() OVER (PARTITION BY office_id ORDER BY position) AS n,
           count(*) OVER (PARTITION BY office_id) AS of_all
    FROM booking_offering
    """,
    f"""
    INSERT INTO booking_appointmentitem (appointment_id, offering_id, quantity)
    SELECT t.id, o.id, 1 + (t.units = 3)::int
    FROM taken t JOIN offered o ON o.office_id = t.office_id
    AND (o.n = 1 + floor({hashed("t.key", 4)} * o.of_all)
         OR o.n = 1 + floor({hashed("t.key", 5)} * o.of_all) AND {hashed("t.key", 6)} < 0.15)
    ORDER BY t.start
    """,
    """
    INSERT INTO booking_outboxmail (id, appointment_id, state, recipient, subject, body, calendar,
        calendar_method, created_at, next_attempt_at, attempts, last_error, sent_at)
    SELECT md5('mail' || key || n)::uuid, id, 'sent', '', '', '', '',
        CASE n WHEN 1 THEN 'REQUEST' ELSE 'CANCEL' END, made, made, 1, '', made
    FROM taken CROSS JOIN generate_series(1, 2) AS n
    WHERE state = 'booked' AND n = 1 OR state = 'cancelled' ORDER BY made
    """,
    # Who came: most of those who had booked, and walk-ins; more of these this morning.
    f"""
    CREATE TEMP TABLE came AS
    SELECT * FROM (
        SELECT key, office_id, id AS appointment_id, start AS due_at,
               start - make_interval(mins => 15 - floor({hashed("key", 7)} * 18)::int) AS arrived_at
        FROM taken
        WHERE state = 'booked' AND {hashed("key", 8)} < 0.88 AND start::date <= %(today)s
        UNION ALL
        SELECT key, office_id, NULL, start + interval '30 minutes',
               start + make_interval(secs => floor({hashed("key", 9)} * 600)::int)
        FROM (
            SELECT 'walk-in ' || series_id || ' ' || extract(epoch FROM start)::bigint || ' ' || n
                   AS key, grid.*, share.of_past
            FROM grid CROSS JOIN generate_series(1, 2) AS n CROSS JOIN (
                SELECT %(walk_ins)s / 2.0 / count(*) AS of_past FROM grid WHERE start < %(today)s
            ) AS share
            WHERE start < %(now)s
        ) AS place
        WHERE {hashed("key", 10)} < CASE WHEN start < %(today)s THEN of_past ELSE 0.8 END
    ) AS everybody WHERE arrived_at <= %(now)s
    """,
    f"""
    CREATE TEMP TABLE visitor AS
    SELECT md5('visit' || key)::uuid AS id, c.*, o.id AS offering_id, o.letter,
           (arrived_at AT TIME ZONE 'Europe/Berlin')::date AS day,
           {hashed("key", 11)} AS fate, {hashed("key", 12)} AS dice,
           row_number() OVER (
               PARTITION BY c.office_id, arrived_at < %(now)s - interval '45 minutes'
               ORDER BY due_at, arrived_at) AS place
    FROM came c JOIN offered o
    ON o.office_id = c.office_id AND o.n = 1 + floor({hashed("key", 4)} * o.of_all)
    """,
    """
    CREATE TEMP TABLE seat AS
    SELECT office_id, id, staff_id, row_number() OVER (PARTITION BY office_id ORDER BY position)
           AS n, count(*) OVER (PARTITION BY office_id) AS of_all
    FROM booking_counter WHERE staff_id IS NOT NULL
    """,
    # This morning's last ones are at all staffed counters but the first, or wait.
    """
    CREATE TEMP TABLE visit AS
    SELECT v.*, s.id AS counter_id, s.staff_id,
        CASE WHEN day < %(today)s OR arrived_at < %(now)s - interval '45 minutes' THEN
                 CASE WHEN fate < 0.04 THEN 'missed' WHEN fate < 0.07 THEN 'left' ELSE 'done' END
             WHEN place = 1 THEN 'called' WHEN place < s.of_all THEN 'serving'
             ELSE 'waiting' END AS state,
        row_number() OVER (PARTITION BY v.office_id, day, letter ORDER BY arrived_at, key) AS serial
    FROM visitor v JOIN seat s ON s.office_id = v.office_id AND s.n =
        CASE WHEN day < %(today)s OR arrived_at < %(now)s - interval '45 minutes'
             THEN 1 + floor(v.dice * s.of_all) ELSE 2 + (place - 1) %% greatest(s.of_all - 1, 1) END
    """,
    "ANALYZE visit",
    """
    INSERT INTO booking_visit (id, office_id, day, letter, serial, state, counter_id,
        appointment_id, arrived_at, due_at, called_at, recalled, language, idempotency_key)
    SELECT id, office_id, day, letter, serial, state,
        CASE WHEN state IN ('called', 'serving') THEN counter_id END, appointment_id, arrived_at,
        due_at, CASE WHEN state <> 'waiting' THEN arrived_at + interval '12 minutes' END, false,
        'de', md5(key) || '-' || substr(md5(key || 'k'), 1, 22)
    FROM visit ORDER BY arrived_at
    """,
    """
    INSERT INTO booking_visititem (visit_id, offering_id, quantity)
    SELECT id, offering_id, 1 FROM visit ORDER BY arrived_at
    """,
    """
    INSERT INTO booking_visitevent (visit_id, office_id, kind, at, counter_id, staff_id, device_id)
    SELECT v.id, v.office_id,
        CASE WHEN e.later = 0 AND v.appointment_id IS NULL THEN 'drawn' ELSE e.kind END,
        v.arrived_at + make_interval(mins => e.later),
        CASE WHEN e.later > 0 AND e.kind <> 'left' THEN v.counter_id END,
        CASE WHEN e.later > 0 AND e.kind <> 'left' THEN v.staff_id END,
        CASE WHEN e.later = 0 THEN d.id END
    FROM visit v
    JOIN booking_device d ON d.office_id = v.office_id AND d.kind = 'kiosk'
    JOIN (VALUES
        ('checked_in', 0, ARRAY['waiting', 'called', 'serving', 'done', 'missed', 'left']),
        ('called', 12, ARRAY['called', 'serving', 'done', 'missed']),
        ('recalled', 14, ARRAY['missed']),
        ('begun', 13, ARRAY['serving', 'done']),
        ('finished', 23, ARRAY['done']),
        ('missed', 16, ARRAY['missed']),
        ('left', 9, ARRAY['left'])
    ) AS e (kind, later, states) ON v.state = ANY(e.states)
    ORDER BY v.arrived_at, e.later
    """,
    """
    INSERT INTO booking_ticketseries (office_id, day, letter, last)
    SELECT office_id, day, letter, max(serial) FROM visit GROUP BY 1, 2, 3 ORDER BY day
    """,
    """
    INSERT INTO booking_queue (office_id, version)
    SELECT office_id, count(*) FROM booking_visitevent GROUP BY 1
    """,
]


def build(connection: psycopg.Connection, towns: int) -> dict[str, float]:
    """Copies of the first town and everybody's appointments and visits; seconds of each step."""
    seconds = {}
    for name, step in (
        ("copies", lambda: copy_town(connection, towns - 1)),
        ("rows and indexes", lambda: fill(connection, towns)),
        ("VACUUM ANALYZE", lambda: connection.execute("VACUUM (ANALYZE)")),
    ):
        begun = time.perf_counter()
        step()
        seconds[name] = round(time.perf_counter() - begun, 1)
    return seconds
