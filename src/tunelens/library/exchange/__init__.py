"""Moving in from other programs and out to them. Import from its modules; this page imports nothing."""
