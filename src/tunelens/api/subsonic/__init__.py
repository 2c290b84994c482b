"""The OpenSubsonic face: what existing players ask for, under ``/rest``."""
