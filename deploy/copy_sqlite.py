#!/usr/bin/env python3
"""Copies a SQLite database into another, whole or not at all, also while they are in use.

copy_sqlite.py <source> <target>
"""

import sqlite3
import sys
from contextlib import closing
from pathlib import Path


def copy(source_path: str, target_path: str) -> None:
    with (
        closing(
            sqlite3.connect(f"{Path(source_path).absolute().as_uri()}?mode=ro", uri=True)
        ) as source,
        closing(sqlite3.connect(target_path, timeout=20)) as target,
    ):
        (found,) = source.execute("PRAGMA integrity_check").fetchone()
        if found != "ok":
            sys.exit(f"copy_sqlite: {source_path} is damaged: {found}")
        source.backup(target)


if __name__ == "__main__":
    copy(*sys.argv[1:])
