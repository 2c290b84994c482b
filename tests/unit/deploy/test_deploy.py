"""The container, the compose file and the unit say what the program knows, and are tight."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tunelens.base.settings import Settings
from tunelens.cli.launch import main

ROOT = Path(__file__).resolve().parents[3]
DEPLOY = ROOT / "deploy"


def dockerfile() -> list[tuple[str, str]]:
    """Instructions of the Dockerfile, lines joined and comments left out."""
    text = re.sub(r"(?m)^#.*\n", "", (DEPLOY / "Dockerfile").read_text("utf-8"))
    lines = re.sub(r"\\\n", " ", text).splitlines()
    return [(words[0], words[1].strip()) for line in lines if (words := line.split(None, 1))]


def last(name: str) -> str:
    return [value for key, value in dockerfile() if key == name][-1]


def compose() -> dict[str, Any]:
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))


def unit() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in (DEPLOY / "tunelens.service").read_text("utf-8").splitlines():
        if "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


def commands() -> dict[str, list[str]]:
    started = shlex.split(unit()["ExecStart"][0])
    return {"container": json.loads(last("CMD")), "unit": started[1:]}


@pytest.mark.parametrize("name", ["container", "unit"])
def test_what_is_started_is_an_option_of_the_program(name: str, capsys: Any) -> None:
    import typer.main

    from tunelens.cli.app import app

    verb, *words = commands()[name]
    command = typer.main.get_command(app).commands[verb]
    parsed = command.make_context(verb, list(words), resilient_parsing=True)
    assert parsed.params["no_open"] and parsed.params["root"]
    assert parsed.params["host"] == ("0.0.0.0" if name == "container" else "127.0.0.1")


def test_the_environment_is_known_to_the_program() -> None:
    known = {f"TUNELENS_{name.upper()}" for name in Settings.__dataclass_fields__} | {"TUNELENS_TOKEN"}
    told = {
        "container": re.findall(r"(TUNELENS_\w+)=", last("ENV")),
        "compose": list(compose()["services"]["tunelens"]["environment"]),
        "unit": re.findall(r"(TUNELENS_\w+)=", " ".join(unit()["Environment"])),
    }
    for where, names in told.items():
        assert names and set(names) <= known, where


def test_nothing_listens_without_a_token(home: Path, monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.chdir(home)
    (home / "music").mkdir()
    words = [word.replace("/music", str(home / "music")) for word in commands()["container"]]
    with pytest.raises(SystemExit) as ended:
        monkeypatch.setattr(sys, "argv", ["tunelens", *words])
        raise SystemExit(main())
    assert ended.value.code == 2
    assert "--token" in capsys.readouterr().err


def health(command: list[str], port: int) -> subprocess.CompletedProcess[bytes]:
    words = [sys.executable, *(word.replace(":8765", f":{port}") for word in command[1:])]
    return subprocess.run(words, capture_output=True, timeout=20)


def test_the_health_check_tells_a_server_that_answers(home: Path) -> None:
    checks = {
        "container": json.loads(last("HEALTHCHECK").partition("CMD ")[2]),
        "compose": compose()["services"]["tunelens"]["healthcheck"]["test"][1:],
    }
    assert checks["container"] == checks["compose"]
    words = [sys.executable, "-m", "tunelens", "serve", "--port", "0", "--no-open", "--no-page", "--json"]
    env = {**os.environ, "TUNELENS_TOKEN": "a long random text"}
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env) as server:
        try:
            address = json.loads(server.stdout.readline())["result"]["address"]
            port = int(address.rpartition(":")[2])
            assert health(checks["container"], port).returncode == 0
        finally:
            server.terminate()
            server.wait(20)
    assert health(checks["container"], port).returncode != 0


def test_the_image_has_no_node_no_root_and_keeps_its_data() -> None:
    stages = [value for key, value in dockerfile() if key == "FROM"]
    assert [stage.split()[1:] for stage in stages] == [["AS", "build"], []]
    final = dockerfile()[[i for i, one in enumerate(dockerfile()) if one[0] == "FROM"][-1] :]
    assert [value for key, value in final if key == "COPY"] == ["--from=build /opt/tunelens /opt/tunelens"]
    assert last("USER").isdecimal() and last("USER") != "0"
    volume = last("VOLUME")
    assert f"TUNELENS_DATA_DIR={volume}" in last("ENV") and f"TUNELENS_CACHE_DIR={volume}/" in last("ENV")


def test_every_file_that_is_copied_is_there_and_not_ignored() -> None:
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    copied = [value.split()[:-1] for key, value in dockerfile() if key == "COPY" and "--from" not in value]
    for name in [name for names in copied for name in names]:
        assert (ROOT / name).exists(), name
        assert f"!{name.split('/')[0]}" in ignored, name


def test_compose_reads_music_only_and_gives_up_rights() -> None:
    service = compose()["services"]["tunelens"]
    assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).resolve().is_file()
    data, music = service["volumes"]
    assert data == f"data:{last('VOLUME')}" and "data" in compose()["volumes"]
    assert music.endswith(":/music:ro") and "/music" in json.loads(last("CMD"))
    assert service["read_only"] and service["cap_drop"] == ["ALL"]
    assert service["environment"]["TUNELENS_TOKEN"].startswith("${TUNELENS_TOKEN:?")
    assert service["ports"][0].endswith(f":{last('EXPOSE')}")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_the_unit_is_valid_and_tight(tmp_path: Path) -> None:
    text = (DEPLOY / "tunelens.service").read_text("utf-8")
    here = tmp_path / "tunelens.service"
    here.write_text(text.replace("/opt/tunelens/bin/tunelens", sys.executable), encoding="utf-8")
    told = subprocess.run(["systemd-analyze", "verify", here], capture_output=True, text=True, timeout=60)
    assert "tunelens.service" not in told.stderr, told.stderr
    rated = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", here], capture_output=True, text=True, timeout=60
    )
    assert float(re.search(r"exposure level for \S+ (\d+\.\d)", rated.stdout)[1]) < 2


def test_the_unit_writes_where_the_program_does() -> None:
    found = unit()
    places = dict(pair.split("=", 1) for pair in found["Environment"][0].split())
    assert places["TUNELENS_DATA_DIR"] == f"/var/lib/{found['StateDirectory'][0]}"
    assert places["TUNELENS_CACHE_DIR"] == f"/var/cache/{found['CacheDirectory'][0]}"


def test_the_lock_of_the_page_names_every_package_of_every_system() -> None:
    """`npm ci` refuses a lock that lacks what one system alone would install, wherever it runs."""
    locked = json.loads((ROOT / "web" / "package-lock.json").read_text("utf-8"))["packages"]
    asked = json.loads((ROOT / "web" / "package.json").read_text("utf-8"))
    kinds = ("dependencies", "devDependencies")
    assert {kind: locked[""][kind] for kind in kinds} == {kind: asked[kind] for kind in kinds}
    lost = [
        f"{where} asks {name}"
        for where, package in locked.items()
        for kind in ("dependencies", "optionalDependencies")
        for name in package.get(kind, {})
        if f"node_modules/{name}" not in locked and f"{where}/node_modules/{name}" not in locked
    ]
    assert not lost
    assert not [where for where, package in locked.items() if "resolved" in package]
