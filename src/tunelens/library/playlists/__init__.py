"""Playlists: kept in the library, read and written as files, and made of what was heard.

Import from its modules; this page imports nothing.
"""
