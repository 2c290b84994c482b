"""Music as notes."""
