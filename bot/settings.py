"""Settings: a TOML file, and over it the environment. Read by bot/app.py and bot/__main__.py alone.

Every setting is explained in config.example.toml, which the tests compare with this file.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from bot.discord_address import DISCORD_API
from bot.errors import HostError

PREFIX = "SECONDWIND_"
DEFAULT_FILE = Path("config.toml")


def _numbers(value: object) -> object:
    """Lists of ids in the environment: "1,2" as well as "[1, 2]"."""
    return (
        [part for part in value.strip("[] ").split(",") if part.strip()] if isinstance(value, str) else value
    )


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if value and (
        parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment
    ):
        raise ValueError("not an address")
    if parts.port == 0:
        raise ValueError("not a port")
    return value.rstrip("/")


def _stripped(secret: SecretStr | None) -> SecretStr | None:
    text = secret.get_secret_value().strip() if secret else ""
    return SecretStr(text) if text else None


WebAddress = Annotated[str, AfterValidator(_web_address)]
Ids = Annotated[tuple[Annotated[int, Field(ge=0)], ...], NoDecode, BeforeValidator(_numbers)]


class _Section(BaseModel):
    # hide_input_in_errors: a token pasted into the wrong place never reaches a log
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Discord(_Section):
    """How the process reaches Discord."""

    token: SecretStr | None = Field(default=None, description="the bot's token, as text in quotes")
    api_base: WebAddress = Field(
        default=DISCORD_API, min_length=1, description="an address such as " + DISCORD_API
    )
    shard_count: int | None = Field(
        default=None, ge=1, le=10_000, description="a whole number from 1 to 10000"
    )
    shard_ids: Ids = Field(
        default=(), description="a list of whole numbers from 0 up to shard_count - 1, such as [0, 1]"
    )

    @field_validator("token", mode="after")
    @classmethod
    def _trimmed(cls, token: SecretStr | None) -> SecretStr | None:
        return _stripped(token)

    @model_validator(mode="after")
    def _shards_fit(self) -> Discord:
        if self.shard_ids and self.shard_count is None:
            raise ValueError(
                "discord.shard_ids needs discord.shard_count: set how many shards there are in all."
            )
        if self.shard_count is not None and any(each >= self.shard_count for each in self.shard_ids):
            raise ValueError(
                f"discord.shard_ids has an id that discord.shard_count = {self.shard_count} does not reach: "
                f"use 0 to {self.shard_count - 1}."
            )
        return self


class Storage(_Section):
    """Where everything is kept."""

    url: str = Field(
        default="sqlite:///data/second-wind.db",
        pattern=r"^(sqlite:///.|postgres(ql)?://.)",
        description="sqlite:///path/of/the.db or postgresql://user:password@host/name",
    )
    backups: str = Field(default="", description="the path of a folder, or nothing")


class Scheduling(_Section):
    """How often the bot looks whether something is due."""

    tick: float = Field(default=30.0, ge=0.05, le=600, description="seconds from 0.05 to 600")


class Challenges(_Section):
    """What the host adds to the groups' challenges."""

    routes_folder: str = Field(default="", description="the path of a folder, or nothing")


class Host(_Section):
    """What the person who runs the bot decides for all groups."""

    allowed_groups: Ids = Field(default=(), description="a list of server ids, such as [123456789012345678]")
    policy_url: WebAddress = Field(default="", description="an address that starts with https://, or nothing")
    contact: str = Field(default="", max_length=200, description="text of at most 200 characters")


class Limits(_Section):
    """What one member and one group can use at once (bot/limits/rules.py has the figures)."""

    on: bool = Field(default=True, description="true or false")


class Monitoring(_Section):
    """Where the bot tells how it fares: /healthz and /metrics."""

    address: str = Field(
        default="127.0.0.1", min_length=1, description="an address of this machine, such as 127.0.0.1"
    )
    port: int = Field(default=0, ge=0, le=65_535, description="a port from 1 to 65535, or 0 for none")


class Log(_Section):
    """What is written to standard error, and where bugs are reported."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="DEBUG, INFO, WARNING or ERROR"
    )
    format: Literal["json", "console"] = Field(default="console", description="json or console")
    sentry_dsn: SecretStr | None = Field(default=None, description="a DSN of Sentry's, as text in quotes")

    @field_validator("sentry_dsn", mode="after")
    @classmethod
    def _trimmed(cls, dsn: SecretStr | None) -> SecretStr | None:
        return _stripped(dsn)


class Settings(BaseSettings):
    """Everything that can be set. Build it by `load_settings`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    discord: Discord = Discord()
    storage: Storage = Storage()
    scheduling: Scheduling = Scheduling()
    challenges: Challenges = Challenges()
    host: Host = Host()
    limits: Limits = Limits()
    monitoring: Monitoring = Monitoring()
    log: Log = Log()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return env_settings, init_settings  # what the file says arrives as init_settings


def load_settings(file: Path | None = None) -> Settings:
    """The settings of `file` (None: config.toml where there is one) under those of the environment.

    Raises:
        HostError: exit code 2; one line for each setting that is wrong, naming it and what to do.
    """
    content = _read(file)
    problems = _unknown_in_environment(os.environ)
    if problems:
        raise HostError("\n".join(problems), exit_code=2)
    try:
        return Settings(**content)
    except ValidationError as error:
        lines = dict.fromkeys(_line(each["loc"], each["type"], each["msg"]) for each in error.errors())
        raise HostError("\n".join(lines), exit_code=2) from None
    except SettingsError as error:
        raise HostError(
            f"The environment's {PREFIX} settings cannot be read: {error}.", exit_code=2
        ) from None


def readable_by_others(file: Path | None, settings: Settings) -> bool:
    """Whether users other than its owner may read the configuration file while it holds the token."""
    path = file or DEFAULT_FILE
    try:
        mode = path.stat().st_mode
        held = bool(_read(file).get("discord", {}).get("token"))
    except OSError:
        return False
    return settings.discord.token is not None and held and bool(mode & 0o077)


def _read(file: Path | None) -> dict[str, Any]:
    path = file or DEFAULT_FILE
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if file is None:
            return {}
        raise HostError(
            f"{path} does not exist: copy config.example.toml there, or name another file with --config.",
            exit_code=2,
        ) from None
    except OSError as error:
        raise HostError(
            f"{path} cannot be read ({error.strerror}): give this user the right to read it, or name another file "
            "with --config.",
            exit_code=2,
        ) from None
    except UnicodeDecodeError:
        raise HostError(f"{path} is not UTF-8 text: save it as UTF-8.", exit_code=2) from None
    except tomllib.TOMLDecodeError as error:
        # the error's words never quote a value, so a token cannot leak through them
        raise HostError(f"{path} is not valid TOML: {error}. Mend that line.", exit_code=2) from None


def _unknown_in_environment(environment: Mapping[str, str]) -> list[str]:
    """The environment's misspelt sections: pydantic-settings sees only the names that it looks for."""
    lines = []
    for name in sorted(environment):
        section, joined, _ = name.upper().removeprefix(PREFIX).lower().partition("__")
        if name.upper().startswith(PREFIX) and not (joined and section in Settings.model_fields):
            lines.append(
                f"{name} is not a setting{_meant(name.upper(), environment_names())}: "
                "config.example.toml lists them all."
            )
    return lines


def keys() -> list[str]:
    """Every setting, as section.name."""
    return [
        f"{section}.{name}"
        for section, field in Settings.model_fields.items()
        for name in _fields(field.annotation)
    ]


def environment_names() -> list[str]:
    """Every setting's name in the environment."""
    return [PREFIX + key.replace(".", "__").upper() for key in keys()]


def _fields(section: Any) -> Mapping[str, Any]:
    fields: Mapping[str, Any] = section.model_fields
    return fields


def _line(location: tuple[int | str, ...], kind: str, message: str) -> str:
    """One line for one mistake: the key, and what it has to be."""
    key = ".".join(str(part) for part in location if isinstance(part, str))
    if kind == "extra_forbidden":
        return f"{key} is not a setting{_meant(key, keys())}: config.example.toml lists them all."
    if "." not in key:
        if kind == "value_error":  # ours, of a section as a whole: it says everything
            return message.removeprefix("Value error, ")
        return f"{key} has to be a section: write [{key}] on a line of its own."
    section, name = key.split(".")[:2]
    wanted = _fields(Settings.model_fields[section].annotation)[name].description
    return f"{section}.{name} is not right: it has to be {wanted}."


def _meant(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.7)
    return f" (did you mean {close[0]}?)" if close else ""
