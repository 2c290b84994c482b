"""The catalogue: what was heard, in one SQLite file. Import from its modules; this page imports nothing."""
