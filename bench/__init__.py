"""Measurements against peers and limits: ``python -m bench``. A bench is a module here with `run()`."""
