"""Live sound over a WebSocket: samples in, an event each half second out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from fastapi.concurrency import run_in_threadpool

from tunelens.api.answers import answer
from tunelens.api.house import House, TheHouse
from tunelens.audio.clip import Samples
from tunelens.base.errors import MissingDependencyError, ParameterError, TunelensError
from tunelens.services.live import Event, Live, LiveOptions, PcmFormat, PcmReader
from tunelens.services.live.pace import Pace
from tunelens.services.live.places import Places

ROUTER = APIRouter(tags=["live"])

PATH = "live"
FRAME_BYTES = 1 << 18
HELLO_CHARACTERS = 1000
SILENT_S = 30.0
AHEAD_S = 2.0
NOT_ALLOWED, TEXT_AMID, BAD_CONTENT, TOO_LARGE, FAILED, FULL = 1008, 1003, 1007, 1009, 1011, 1013
"""Codes of RFC 6455 and of its registry, by which a stream is closed."""

PLACES = Places.for_this_machine()


class _Closed(Exception):  # noqa: N818 - no error, but an end
    def __init__(self, code: int, error: TunelensError) -> None:
        super().__init__(error.message)
        self.code, self.error = code, error


@ROUTER.websocket("/live")
async def listen_live(socket: WebSocket, house: TheHouse) -> None:
    """Hear a stream.

    First comes a text frame that says what the sound is, then binary frames with samples, interleaved. Back
    comes a text frame for every half second of sound: what `tunelens listen --json` prints. Before the
    server closes, it says why in a text frame of the same form as any error.
    """
    await socket.accept()
    try:
        async with _place():
            await _hear(socket, house)
    except _Closed as end:
        await _close(socket, end)
    except WebSocketDisconnect:
        pass


@asynccontextmanager
async def _place() -> AsyncIterator[None]:
    if not PLACES.take():
        raise _Closed(
            FULL, ParameterError(f"{PLACES.most} streams are heard already", hint="try again later")
        )
    try:
        yield
    finally:
        PLACES.leave()


async def _hear(socket: WebSocket, house: House) -> None:
    pcm, options = await _greeted(socket, house)
    live = await _made(pcm, options)
    reader, pace, come_s = PcmReader(pcm), Pace(), 0.0
    while True:
        data = await _frame(socket)
        y = reader.read(data)
        come_s += y.shape[1] / pcm.sr
        ahead_s = pace.ahead(come_s)
        for event in await _fed(live, y):
            await _send(socket, answer(event.told_late(-pace.ahead(come_s)).to_dict(), PATH))
        # who sends faster than sound sounds is held back: what is not read here waits at the sender
        await asyncio.sleep(max(0.0, ahead_s - AHEAD_S))


async def _fed(live: Live, y: Samples) -> list[Event]:
    """Return the events that samples complete; many small frames cost no thread each."""
    if y.shape[1] < live.missing:
        return list(live.feed(y))
    return await run_in_threadpool(lambda: list(live.feed(y)))


async def _greeted(socket: WebSocket, house: House) -> tuple[PcmFormat, LiveOptions]:
    text = (await _received(socket)).get("text")
    try:
        if text is None or len(text) > HELLO_CHARACTERS:
            raise ParameterError('the first frame is a short text, say {"sr": 48000, "format": "f32le"}')
        return _read(json.loads(text), house)
    except (ValueError, RecursionError) as error:
        told = error if isinstance(error, TunelensError) else ParameterError("the first frame is no JSON")
        raise _Closed(BAD_CONTENT, told) from error


def _read(hello: Any, house: House) -> tuple[PcmFormat, LiveOptions]:
    nets = hello.pop("nets", True) if isinstance(hello, dict) else True
    if not isinstance(nets, bool):
        raise ParameterError(f"nets is {nets!r:.40}; true or false is needed")
    options = LiveOptions(settings=house.settings)
    return PcmFormat.from_dict(hello), options if nets else replace(options, models=())


async def _made(pcm: PcmFormat, options: LiveOptions) -> Live:
    try:
        return await run_in_threadpool(Live, pcm.sr, pcm.channels, options)
    except MissingDependencyError as error:
        raise _Closed(
            FAILED,
            MissingDependencyError(
                error.message, hint='tunelens models pull fetches them; {"nets": false} hears without'
            ),
        ) from error
    except TunelensError as error:
        raise _Closed(FAILED, error) from error


async def _frame(socket: WebSocket) -> bytes:
    data = (await _received(socket)).get("bytes")
    if data is None:
        raise _Closed(TEXT_AMID, ParameterError("after the first frame come bytes, and no text"))
    if not data:
        raise _Closed(BAD_CONTENT, ParameterError("a frame holds nothing"))
    if len(data) > FRAME_BYTES:
        raise _Closed(
            TOO_LARGE, ParameterError(f"a frame has {len(data)} bytes; at most {FRAME_BYTES} are taken")
        )
    return data


async def _received(socket: WebSocket) -> dict[str, Any]:
    try:
        message = await asyncio.wait_for(socket.receive(), SILENT_S)
    except TimeoutError:
        raise _Closed(NOT_ALLOWED, ParameterError(f"nothing came for {SILENT_S:g} s")) from None
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1000))
    return dict(message)


async def _send(socket: WebSocket, value: dict[str, Any]) -> None:
    await socket.send_text(json.dumps(value, ensure_ascii=False, allow_nan=False))


async def _close(socket: WebSocket, end: _Closed) -> None:
    try:
        await _send(socket, {"ok": False, "path": PATH, "error": end.error.to_dict()})
        reason = end.error.message.encode()[:120].decode("utf-8", "ignore")  # a close frame holds 123 bytes
        await socket.close(end.code, reason)
    except (WebSocketDisconnect, RuntimeError):
        return  # gone already
