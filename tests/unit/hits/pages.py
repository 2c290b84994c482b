"""What a browser sees of a report, and which English words are left on a Chinese one."""

from __future__ import annotations

import re
from html.parser import HTMLParser


class Page(HTMLParser):
    """Elements, what they refer to, what is shown, and what of that is quoted from elsewhere."""

    VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.references: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.shown: list[tuple[str, str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.elements.append((tag, known))
        self.ids += [known["id"]] if known.get("id") else []
        self.references += [known[name] or "" for name in ("src", "href") if name in known]
        self.shown += [
            (name, known[name] or "") for name in ("alt", "aria-label", "placeholder") if name in known
        ]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script"):
            self.shown.append((self.open[-1], data))


_NAMES = re.compile(
    r"[A-Z]|e|mp3|tunelens|models|pull|Tunelens|BPM|LUFS|LU|dB|Hz|s|kHz|MB|JSON|ROC|AUC|Brier|RMSE|R²|PC\d|k|means|pca|CH|DB|Cliff|Hedges|Mann|"
    r"Whitney|Obuchowski|Benjamini|Hochberg|Holm|Wilson|Theil|Sen|Kendall|Rousseeuw|Caliński|Harabasz|Davies|"
    r"Bouldin|Tibshirani|Müller|Jiang|Grosche|Foote|ITU|R|BS|Python|numpy|scipy|scikit|learn|onnxruntime|"
    r"soundfile|av|soxr|deap|umap|delta|audio|download|against|g|p|q|SD|z|δ|K|AUC"
)
"""Names, units and symbols: what is the same in every language."""


def english_left(text: str, *known: str) -> set[str]:
    """Return the words that a Chinese reader is not told in Chinese; `known` are titles and the like."""
    left = set()
    for where, told in Page(text).shown:
        for one in known:
            told = told.replace(one, "")
        told = re.sub(r"\S*/\S+|\S+\.csv", "", told) if where not in ("code", "pre") else ""
        left |= {word for word in re.findall(r"[^\W\d_]+\d?", told) if re.match("[A-Za-zÀ-ÿ]", word)}
    return {one for one in left if not _NAMES.fullmatch(one) and not re.search("[\u4e00-\u9fff]", one)}
