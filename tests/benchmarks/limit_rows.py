"""The rows that the limits update: so many that they do not wait for each other."""

ROWS = 10_000
TABLE = f"""
    CREATE TABLE limit_row (id integer PRIMARY KEY, times integer NOT NULL);
    INSERT INTO limit_row SELECT id, 0 FROM generate_series(1, {ROWS}) AS id;
    ANALYZE limit_row;
"""
UPDATE = "UPDATE limit_row SET times = times + 1 WHERE id = %s"
