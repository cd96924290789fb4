"""Days at made-up offices, for the demo, for tests and for judging the forecast."""
