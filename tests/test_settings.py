"""What can be set, and how a mistake is told."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from bot.errors import HostError
from bot.settings import PREFIX, Settings, environment_names, keys, load_settings, readable_by_others

EXAMPLE = Path(__file__).parent.parent / "config.example.toml"


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import os

    for name in list(os.environ):
        if name.upper().startswith(PREFIX):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def write(folder: Path, text: str) -> Path:
    path = folder / "second-wind.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(path: Path | None = None) -> str:
    with pytest.raises(HostError) as refused:
        load_settings(path)
    assert refused.value.exit_code == 2
    return str(refused.value)


def test_the_example_names_every_setting_and_no_other() -> None:
    text = (
        EXAMPLE.read_text(encoding="utf-8")
        .replace("# shard_count", "shard_count")
        .replace("# shard_ids", "shard_ids")
    )
    sections = tomllib.loads(text)
    assert sorted(f"{section}.{name}" for section, names in sections.items() for name in names) == sorted(
        keys()
    )


def test_the_example_as_it_stands_is_the_defaults() -> None:
    assert load_settings(EXAMPLE) == Settings()


def test_without_a_file_everything_has_a_default_but_the_token() -> None:
    settings = load_settings()
    assert settings.discord.token is None
    assert settings.storage.url == "sqlite:///data/second-wind.db"


def test_config_toml_is_read_where_it_lies(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[host]\ncontact = "me"\n')
    assert load_settings().host.contact == "me"


def test_the_environment_wins_over_the_file_one_setting_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, '[discord]\ntoken = "of the file"\nshard_count = 4\n')
    monkeypatch.setenv("SECONDWIND_DISCORD__TOKEN", "of the environment")
    settings = load_settings(path)
    assert settings.discord.token is not None
    assert settings.discord.token.get_secret_value() == "of the environment"
    assert settings.discord.shard_count == 4


@pytest.mark.parametrize("text", ["12,34", "[12, 34]", " 12 , 34 ,"])
def test_ids_in_the_environment_are_parted_by_commas(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECONDWIND_HOST__ALLOWED_GROUPS", text)
    assert load_settings().host.allowed_groups == (12, 34)


def test_every_name_of_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {
        "TOKEN": "t", "API_BASE": "http://localhost:1/api", "SHARD_COUNT": "2", "SHARD_IDS": "1", "URL": "sqlite:///x",
        "ALLOWED_GROUPS": "5", "POLICY_URL": "https://example.org/p", "CONTACT": "c",
        "LEVEL": "ERROR", "FORMAT": "json", "TICK": "5", "ROUTES_FOLDER": "routes",
        "BACKUPS": "backups", "ADDRESS": "0.0.0.0", "PORT": "9000",
        "SENTRY_DSN": "https://key@localhost/1", "ON": "false",
    }  # fmt: skip
    for name in environment_names():
        monkeypatch.setenv(name, values[name.rpartition("__")[2]])
    settings = load_settings()
    changed = {
        f"{section}.{name}"
        for section in Settings.model_fields
        for name, value in getattr(settings, section)
        if value != getattr(getattr(Settings.model_construct(), section), name)
    }
    assert changed == set(keys())


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECONDWIND_DISCORD__TOKEN", "")
    assert load_settings().discord.token is None


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ('[discord]\ntokn = "x"', "discord.tokn is not a setting (did you mean discord.token?)"),
        ("[discrod]\n", "discrod is not a setting"),
        ("[discord]\ntoken = 12", "discord.token is not right: it has to be the bot's token"),
        ('[discord]\napi_base = "discord"', "discord.api_base is not right: it has to be an address"),
        ('[discord]\napi_base = ""', "discord.api_base is not right"),
        ('[discord]\napi_base = "https://x:99999/"', "discord.api_base is not right"),
        ('[discord]\napi_base = "ftp://x/api"', "discord.api_base is not right"),
        (
            "[discord]\nshard_count = 0",
            "discord.shard_count is not right: it has to be a whole number from 1",
        ),
        ("[discord]\nshard_ids = [0]", "discord.shard_ids needs discord.shard_count"),
        ("[discord]\nshard_count = 2\nshard_ids = [2]", "discord.shard_ids has an id that"),
        ("[discord]\nshard_count = 2\nshard_ids = [-1]", "discord.shard_ids is not right"),
        ('[storage]\nurl = "mysql://x"', "storage.url is not right: it has to be sqlite:///path"),
        ('[storage]\nurl = "sqlite:///"', "storage.url is not right"),
        ("storage = 3", "storage has to be a section: write [storage]"),
        (
            '[host]\nallowed_groups = ["runners"]',
            "host.allowed_groups is not right: it has to be a list of server ids",
        ),
        ('[host]\npolicy_url = "my page"', "host.policy_url is not right"),
        ('[log]\nlevel = "LOUD"', "log.level is not right: it has to be DEBUG, INFO"),
        ('[log]\nformat = "xml"', "log.format is not right: it has to be json or console"),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_it(text: str, begins: str, tmp_path: Path) -> None:
    line = refusal(write(tmp_path, text))
    assert line.startswith(begins)
    assert "\n" not in line


def test_two_wrong_settings_are_two_lines(tmp_path: Path) -> None:
    assert len(refusal(write(tmp_path, '[log]\nlevel = "x"\nformat = "y"')).splitlines()) == 2


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SECONDWIND_TOKEN", "x", "SECONDWIND_TOKEN is not a setting"),
        ("SECONDWIND_DISCRD__TOKEN", "x", "did you mean SECONDWIND_DISCORD__TOKEN?"),
        ("SECONDWIND_DISCORD__TOKN", "x", "discord.tokn is not a setting"),
        ("SECONDWIND_DISCORD__SHARD_COUNT", "two", "discord.shard_count is not right"),
        ("SECONDWIND_HOST__ALLOWED_GROUPS", "mine", "host.allowed_groups is not right"),
        ("SECONDWIND_DISCORD", "x", "SECONDWIND_DISCORD is not a setting"),
    ],
)
def test_a_wrong_variable_is_one_line_that_names_it(
    name: str, value: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    line = refusal()
    assert says in line
    assert "\n" not in line


def test_broken_toml_is_told_with_its_line_and_without_the_token(tmp_path: Path) -> None:
    line = refusal(write(tmp_path, '[discord]\ntoken = "very.secret.token\n'))
    assert "line 2" in line
    assert "secret" not in line


def test_a_file_that_is_not_there_not_text_or_a_folder_is_told(tmp_path: Path) -> None:
    assert "does not exist" in refusal(tmp_path / "no.toml")
    (tmp_path / "latin.toml").write_bytes(b"# caf\xe9")
    assert "not UTF-8" in refusal(tmp_path / "latin.toml")
    assert "cannot be read" in refusal(tmp_path)


def test_no_mistake_and_no_representation_shows_the_token(tmp_path: Path) -> None:
    path = write(tmp_path, '[discord]\ntoken = ["very.secret.token"]')
    assert "secret" not in refusal(path)
    assert "secret" not in repr(load_settings(write(tmp_path, '[discord]\ntoken = "very.secret.token"')))


def test_a_file_with_the_token_that_others_can_read_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, '[discord]\ntoken = "x"')
    path.chmod(0o640)
    assert readable_by_others(path, load_settings(path))
    path.chmod(0o600)
    assert not readable_by_others(path, load_settings(path))
    monkeypatch.setenv("SECONDWIND_DISCORD__TOKEN", "x")
    path = write(tmp_path, "")
    path.chmod(0o644)
    assert not readable_by_others(path, load_settings(path))
