"""What the database of many towns needs: sizes, indexes in use, updates in place, a backup."""

import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

from tests.servers import find_postgres

MIB = 1024 * 1024

TABLES = """
SELECT relname, reltuples::bigint, pg_table_size(relid), pg_indexes_size(relid), n_tup_upd,
       n_tup_hot_upd
FROM pg_stat_user_tables JOIN pg_class USING (relname)
WHERE relname LIKE 'booking_%' AND relkind = 'r' ORDER BY pg_total_relation_size(relid) DESC
"""
# What holds a constraint is needed even where no query ever reads it.
INDEXES = """
SELECT s.relname, s.indexrelname, pg_relation_size(s.indexrelid), s.idx_scan,
       i.indisunique OR i.indisprimary
FROM pg_stat_user_indexes s JOIN pg_index i ON i.indexrelid = s.indexrelid
WHERE s.relname LIKE 'booking_%' ORDER BY s.relname, s.indexrelname
"""


def figures(connection: psycopg.Connection) -> dict[str, Any]:
    """Sizes in MiB, rows, shares of updates that needed no new index entry."""
    tables = connection.execute(TABLES).fetchall()
    indexes = connection.execute(INDEXES).fetchall()
    size = connection.execute("SELECT pg_database_size(current_database())").fetchone()[0]
    return {
        "size MiB": round(size / MIB),
        "tables MiB": {
            name.removeprefix("booking_"): [rows, round(table / MIB, 1), round(index / MIB, 1)]
            for name, rows, table, index, _updates, _hot in tables
        },
        "HOT updates": {
            name.removeprefix("booking_"): [updates, round(hot / updates, 2)]
            for name, _rows, _table, _index, updates, hot in tables
            if updates
        },
        "indexes never read": {
            index: round(size / MIB, 1)
            for _table, index, size, scans, holds in indexes
            if not scans and not holds
        },
    }


def forget_statistics(connection: psycopg.Connection) -> None:
    """Count from now on, so that what the load itself has read does not hide an unused index."""
    connection.execute("SELECT pg_stat_reset()")


def vacuum_seconds(connection: psycopg.Connection) -> float:
    """A whole VACUUM ANALYZE by hand."""
    begun = time.perf_counter()
    connection.execute("VACUUM (ANALYZE)")
    return round(time.perf_counter() - begun, 1)


def dump(address: str) -> tuple[float, int]:
    """Seconds and bytes of ``pg_dump -Fc``, the backup of ``docs/operation.md``."""
    programs = find_postgres()
    if programs is None:
        raise RuntimeError("PostgreSQL's programs are missing: bin/setup-test-services")
    with tempfile.TemporaryDirectory(prefix="schalter-dump-") as folder:
        path = Path(folder) / "dump"
        begun = time.perf_counter()
        subprocess.run([programs / "pg_dump", "-Fc", "-f", path, address], check=True)
        return round(time.perf_counter() - begun, 1), path.stat().st_size
