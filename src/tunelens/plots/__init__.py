"""Pictures of sound: small `*Display` classes, ``from_clip(clip).plot()``, in the way of scikit-learn.

matplotlib loads when the first one is drawn; none of its global state is touched.
"""

from __future__ import annotations

from tunelens.base.registry import Registry
from tunelens.plots.display import Display

PLOTS: Registry[type[Display]] = Registry(
    "plot",
    {
        "waveform": "tunelens.plots.waveform:WaveformDisplay",
        "spectrogram": "tunelens.plots.spectral:SpectrogramDisplay",
        "mel": "tunelens.plots.spectral:MelDisplay",
        "mfcc": "tunelens.plots.spectral:MfccDisplay",
        "chroma": "tunelens.plots.tonal:ChromaDisplay",
        "pitch": "tunelens.plots.tonal:PitchDisplay",
        "zcr": "tunelens.plots.curves:ZcrDisplay",
        "centroid": "tunelens.plots.curves:CentroidDisplay",
        "rolloff": "tunelens.plots.curves:RolloffDisplay",
        "tempogram": "tunelens.plots.structure:TempogramDisplay",
        "ssm": "tunelens.plots.structure:SsmDisplay",
        "novelty": "tunelens.plots.parts:NoveltyDisplay",
        "structure": "tunelens.plots.parts:StructureDisplay",
        "tags": "tunelens.plots.tags:TagsDisplay",
    },
    group="tunelens.plots",
)
"""Every picture by name."""

__all__ = ["PLOTS", "Display"]
