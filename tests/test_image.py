"""What of the container image can be looked at without building it."""

from __future__ import annotations

import asyncio
import json
import os
import re
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.monitoring.probe import where
from bot.settings import environment_names

ROOT = Path(__file__).parent.parent
PORT, ADDRESS = "SECONDWIND_MONITORING__PORT", "SECONDWIND_MONITORING__ADDRESS"
DOCKERFILE = (Path(__file__).parent.parent / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", "")
COMPOSE = (Path(__file__).parent.parent / "compose.yaml").read_text(encoding="utf-8")


async def checked(folder: Path, **environment: str) -> tuple[int, str]:
    """The exit code of the image's own health check, run in `folder`, and what it said."""
    found = re.search(r"^HEALTHCHECK .* CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)
    assert found is not None
    check = await asyncio.create_subprocess_exec(
        *json.loads(found[1]),
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    said, _ = await asyncio.wait_for(check.communicate(), 20)
    assert check.returncode is not None
    return check.returncode, said.decode()


async def health(status: int, folder: Path, **environment: str) -> tuple[int, str]:
    """As `checked`, where /healthz answers with `status`."""

    async def healthz(_request: web.Request) -> web.Response:
        return web.Response(status=status, text="so it is")

    application = web.Application()
    application.add_routes([web.get("/healthz", healthz)])
    async with TestServer(application) as server:
        return await checked(folder, **{PORT: str(server.port)} | environment)


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
async def test_it_is_healthy_while_the_bot_says_so(status: int, code: int, tmp_path: Path) -> None:
    assert await health(status, tmp_path) == (code, "so it is\n")


async def test_where_nobody_answers_it_is_not_healthy(tmp_path: Path) -> None:
    code, said = await checked(tmp_path, **{PORT: "9"})
    assert (code, said.startswith("/healthz gave no answer")) == (1, True)


@pytest.mark.parametrize("off", ["0", ""])
async def test_where_the_host_turned_monitoring_off_it_is_not_called_unhealthy(
    off: str, tmp_path: Path
) -> None:
    code, said = await checked(tmp_path, **{PORT: off})
    assert (code, said.startswith("Monitoring is off")) == (0, True)


async def test_the_health_check_knows_nothing_of_a_proxy_to_the_world(tmp_path: Path) -> None:
    assert (await health(200, tmp_path, http_proxy="http://127.0.0.1:9"))[0] == 0


@pytest.mark.parametrize(
    ("environment", "stored", "asked"),
    [
        ({PORT: "9464"}, "", "http://127.0.0.1:9464/healthz"),
        ({PORT: "9464", ADDRESS: "0.0.0.0"}, "", "http://127.0.0.1:9464/healthz"),
        ({PORT: "9464", ADDRESS: "::"}, "", "http://[::1]:9464/healthz"),
        ({PORT: "9464", ADDRESS: "10.1.2.3"}, "", "http://10.1.2.3:9464/healthz"),
        ({PORT: "9464"}, '[monitoring]\naddress = "10.1.2.3"\nport = 1', "http://10.1.2.3:9464/healthz"),
        ({}, "[monitoring]\nport = 4000", "http://127.0.0.1:4000/healthz"),
        ({PORT: "0"}, "[monitoring]\nport = 4000", None),
        ({}, "nonsense", None),
    ],
)
def test_the_health_check_goes_by_the_settings_as_the_bot_does(
    environment: dict[str, str], stored: str, asked: str | None, tmp_path: Path
) -> None:
    (tmp_path / "config.toml").write_text(stored)
    assert where(environment, tmp_path / "config.toml") == asked


def test_the_health_check_asks_where_the_bot_listens() -> None:
    assert re.search(r"SECONDWIND_MONITORING__PORT=\d+", DOCKERFILE)


def test_what_is_copied_is_there_and_not_ignored() -> None:
    allowed = {
        line[1:]
        for line in Path(".dockerignore").read_text(encoding="utf-8").splitlines()
        if line.startswith("!")
    }
    for line in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE):
        for source in line.split():
            assert Path(source).exists()
            assert source.partition("/")[0] in allowed


def test_it_runs_as_nobody_in_particular_on_a_root_that_it_cannot_write() -> None:
    assert re.search(r"^USER (?!root|0)\S+$", DOCKERFILE, re.MULTILINE)
    assert all(each in COMPOSE for each in ("read_only: true", "cap_drop: [ALL]", "no-new-privileges:true"))


SCALE = (Path(__file__).parent.parent / "compose.scale.yaml").read_text(encoding="utf-8")


def test_several_processes_have_every_shard_once_and_one_rate_limit() -> None:
    [count] = re.findall(r'SECONDWIND_DISCORD__SHARD_COUNT: "(\d+)"', SCALE)
    shards = re.findall(r'SECONDWIND_DISCORD__SHARD_IDS: "([\d,]+)"', SCALE)
    served = sorted(int(each) for share in shards for each in share.split(","))
    assert served == list(range(int(count)))
    assert "SECONDWIND_DISCORD__API_BASE: http://rest-proxy:8080/api/v10" in SCALE
    assert re.search(r"(?m)^  rest-proxy:$", SCALE)
    assert re.search(
        r"(?m)^    build: https://\S+/nirn-proxy\.git#[0-9a-f]{40}$", SCALE
    )  # and no other day's
    assert re.search(r"SECONDWIND_STORAGE__URL: postgresql://.+@postgres/second_wind", SCALE)


def test_several_processes_are_held_as_tightly_as_one() -> None:
    assert all(each in SCALE for each in ("read_only: true", "cap_drop: [ALL]", "no-new-privileges:true"))
    named = set(re.findall(r"SECONDWIND_[A-Z_]+", SCALE + COMPOSE + DOCKERFILE))
    assert named <= set(environment_names()) | {"SECONDWIND_DISCORD__TOKEN"}
