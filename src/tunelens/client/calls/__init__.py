"""Every operation of the API.

Written by docs/make_client.py (`make client`) from the OpenAPI of the server: change nothing here.
"""

from __future__ import annotations

from tunelens.client.calls.audio import AudioCalls
from tunelens.client.calls.corrections import CorrectionsCalls
from tunelens.client.calls.duplicates import DuplicatesCalls
from tunelens.client.calls.export import ExportCalls
from tunelens.client.calls.feedback import FeedbackCalls
from tunelens.client.calls.identify import IdentifyCalls
from tunelens.client.calls.jobs import JobsCalls
from tunelens.client.calls.library import LibraryCalls
from tunelens.client.calls.map import MapCalls
from tunelens.client.calls.models import ModelsCalls
from tunelens.client.calls.playlists import PlaylistsCalls
from tunelens.client.calls.recommend import RecommendCalls
from tunelens.client.calls.server import ServerCalls
from tunelens.client.calls.similar import SimilarCalls
from tunelens.client.calls.sound import SoundCalls
from tunelens.client.calls.studio import StudioCalls
from tunelens.client.calls.tags import TagsCalls
from tunelens.client.calls.tracks import TracksCalls
from tunelens.client.calls.uploads import UploadsCalls


class Calls(
    AudioCalls,
    CorrectionsCalls,
    DuplicatesCalls,
    ExportCalls,
    FeedbackCalls,
    IdentifyCalls,
    JobsCalls,
    LibraryCalls,
    MapCalls,
    ModelsCalls,
    PlaylistsCalls,
    RecommendCalls,
    ServerCalls,
    SimilarCalls,
    SoundCalls,
    StudioCalls,
    TagsCalls,
    TracksCalls,
    UploadsCalls,
):
    """Every operation of the API."""
