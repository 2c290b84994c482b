"""Asking servers: bounded in size and time, polite, and never an address that is not public unless allowed.

The modules here import httpx; who uses them asks `tunelens.base.extras.require` for it first.
"""
