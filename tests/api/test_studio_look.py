"""What is in a dataset is told before anything is heard, and what people said is a dataset too."""

from __future__ import annotations

from typing import Any

CSV = "tempo,energy,artist,label\n" + "".join(
    f"{90 + i},{i / 40},歌手{i // 4},{'快慢'[i % 2]}\n" for i in range(24)
)


def looked(client: Any, dataset: dict[str, Any]) -> dict[str, Any]:
    answer = client.post("/api/v1/studio/look", json={"dataset": dataset})
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["result"])


def sent(client: Any, text: str) -> str:
    file = ("歌.csv", text.encode(), "text/csv")
    return str(client.post("/api/v1/uploads?kind=table", files={"file": file}).json()["result"]["id"])


def test_a_table_is_looked_at(client: Any) -> None:
    found = looked(client, {"upload": sent(client, CSV + ",,歌手9,\n"), "label": "label", "group": "artist"})
    assert found["classes"] == {"快": 12, "慢": 12}
    assert found["groups"]["artist"] == 6
    assert (found["protocol"], found["group"]) == ("grouped", "artist")
    assert sum(found["dropped"].values()) == 1
    assert found["kind"] == "single"


def test_numbers_have_no_classes(client: Any) -> None:
    rows = "".join(f"{i},{i / 7:.3f}\n" for i in range(30))
    found = looked(client, {"upload": sent(client, "tempo,valence\n" + rows), "label": "valence"})
    assert (found["kind"], found["classes"]) == ("continuous", {})


def test_what_people_said_is_a_dataset(client: Any) -> None:
    tracks = [one["id"] for one in client.get("/api/v1/tracks").json()["result"]["items"]]
    for place, track in enumerate(tracks[:4]):
        said = {"track": track, "vocabulary": "跑步", "label": ["适合", "不适合"][place % 2]}
        assert client.post("/api/v1/corrections", json=said).status_code == 200
    try:
        found = looked(client, {"query": "", "label": "told:跑步"})
        assert found["classes"] == {"不适合": 2, "适合": 2}
        assert (found["n_rows"], found["kind"], found["label"]) == (4, "single", "跑步")
        also = {"track": tracks[0], "vocabulary": "跑步", "label": "晨跑"}
        client.post("/api/v1/corrections", json=also)
        found = looked(client, {"query": "", "label": "told:跑步"})
        assert (found["kind"], found["classes"]["晨跑"]) == ("multi", 1)
    finally:
        while client.delete("/api/v1/corrections", params={"vocabulary": "跑步"}).status_code == 200:
            pass


def test_what_is_not_there_is_told(client: Any) -> None:
    for dataset in ({"path": "/etc"}, {"upload": "0" * 32}):
        assert client.post("/api/v1/studio/look", json={"dataset": dataset}).status_code == 404
    wrong = client.post("/api/v1/studio/look", json={"dataset": {"query": "", "label": "colour"}})
    assert wrong.status_code == 400
    assert "told:" in wrong.json()["detail"]
