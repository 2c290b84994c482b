"""The HTTP face: parse, call one service, answer with the object that ``--json`` prints."""
