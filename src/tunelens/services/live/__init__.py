"""Hearing a stream: what it is every half second, smoothed, with how sure and how late."""

from tunelens.services.live.event import Change, Event, Latency, Level
from tunelens.services.live.pcm import PcmFormat, PcmReader
from tunelens.services.live.stream import Live, LiveOptions

__all__ = ["Change", "Event", "Latency", "Level", "Live", "LiveOptions", "PcmFormat", "PcmReader"]
