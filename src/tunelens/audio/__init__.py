"""Sound: decode, stream, listen, resample, measure loudness, prepare, write. Decoders load on first use."""

from tunelens.audio.clip import Clip, Samples
from tunelens.audio.decode import decode, stream
from tunelens.audio.decoders import DECODERS
from tunelens.audio.find import AUDIO_SUFFIXES, Unfound, find_audio
from tunelens.audio.info import AudioInfo, probe
from tunelens.audio.listen import Listening, Window, listen
from tunelens.audio.loudness import LoudnessMeter, integrated_lufs, loudness, loudness_range_lu
from tunelens.audio.preprocess import denoise, normalize_loudness, trim, trim_silence
from tunelens.audio.resample import resample
from tunelens.audio.write import write_wav

__all__ = [
    "AUDIO_SUFFIXES",
    "DECODERS",
    "AudioInfo",
    "Clip",
    "Listening",
    "LoudnessMeter",
    "Samples",
    "Unfound",
    "Window",
    "decode",
    "denoise",
    "find_audio",
    "integrated_lufs",
    "listen",
    "loudness",
    "loudness_range_lu",
    "normalize_loudness",
    "probe",
    "resample",
    "stream",
    "trim",
    "trim_silence",
    "write_wav",
]
