"""Use-cases that the command line and the API share; each returns frozen dataclasses."""
