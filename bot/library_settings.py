"""The part of the configuration that says who we are: ``library:``."""

from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, model_validator

from bot.errors import ConfigError
from bot.library import customs
from bot.library.hours import parse_hours
from bot.library.model import Branch
from bot.section import Section


def _zone(value: object) -> object:
    if isinstance(value, ZoneInfo):
        return value
    try:
        return ZoneInfo(str(value))
    except (KeyError, ValueError, OSError):
        raise ValueError("expected a name of the tz database, such as Europe/Moscow") from None


Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]


class MapPoint(Section):
    """Where a building stands, in degrees (WGS 84)."""

    latitude: float = Field(ge=-90, le=90, description="Degrees north.")
    longitude: float = Field(ge=-180, le=180, description="Degrees east.")


class BranchSettings(Section):
    """One library building."""

    code: str = Field(min_length=1, max_length=64, description="The library's own short code, unique.")
    name: str = Field(min_length=1, description="What readers call it.")
    main: bool = Field(False, description="The central library: named first in answers.")
    children: bool = Field(False, description="A children's library.")
    address: str = Field("", description="Street and house, as on an envelope.")
    how_to_get: str = Field("", description="Directions in words: the bus, the landmark.")
    phone: str = Field("", description="As a person would dial it.")
    email: str = Field("", description="Shown to readers who ask for it.")
    location: MapPoint | None = Field(None, description="The map point sent with the address.")
    aliases: tuple[str, ...] = Field((), description="Other spellings, in imported files and in readers' words.")
    hours: dict[str, str] | None = Field(
        None,
        description='Hours by weekday: `mon: "9:00-13:00, 14:00-18:00"` (or `"9 am - 6 pm"`), `sun: closed`. '
        "Left out: nothing is said.",
    )
    closed: dict[date, str] = Field({}, description="Closed days, each with a word for the reader or an empty one.")
    special: dict[date, str] = Field({}, description="Days with other hours than the week's.")
    sanitary_day: str = Field("", description="Closed each month on this day: `last thursday`, `first monday`.")
    holidays_closed: bool = Field(True, description="Closed on official days off, unless `special` says otherwise.")


class LibrarySettings(Section):
    """Who we are."""

    name: str = Field("Библиотека", min_length=1, description="The library's name as readers know it.")
    timezone: Zone = Field(ZoneInfo("Europe/Moscow"), description="Name of the tz database.")
    language: Literal["ru", "en"] = Field("ru", description="Language of readers whose messenger reports none.")
    country: str = Field(
        "RU",
        pattern="^[A-Z]{2}$",
        description="ISO code: whose days off count, and how English writes dates and hours.",
    )
    reply_branch: str = Field(
        "", description="Code of the branch in whose hours librarians answer; empty: the main one."
    )
    branches: tuple[BranchSettings, ...] = Field((), description="The buildings, in the order of answers.")

    @model_validator(mode="after")
    def _codes_are_unique(self) -> "LibrarySettings":
        codes = [branch.code for branch in self.branches]
        twice = {code for code in codes if codes.count(code) > 1}
        if twice:
            raise ValueError(f"branches: each code once, but twice: {', '.join(sorted(twice))}")
        if self.reply_branch and self.reply_branch not in codes:
            raise ValueError(f"reply_branch: expected a code of a branch ({', '.join(codes)})")
        return self

    @property
    def month_first(self) -> bool:
        """Whether the country writes 4/7 for the seventh of April."""
        return self.country in customs.MONTH_FIRST

    def values(self) -> tuple[Branch, ...]:
        """The branches as the core knows them. Raises ConfigError with the place of a wrong hour."""
        return tuple(_branch(index, branch, self.timezone) for index, branch in enumerate(self.branches))


def _branch(index: int, branch: BranchSettings, zone: ZoneInfo) -> Branch:
    where = f"library.branches.{index}"
    try:
        hours = parse_hours(
            week=branch.hours,
            closed=branch.closed,
            special=branch.special,
            sanitary_day=branch.sanitary_day,
            holidays_closed=branch.holidays_closed,
        )
    except ValueError as error:
        raise ConfigError(f"{where} ({branch.code}): {error}") from None
    return Branch(
        code=branch.code,
        name=branch.name,
        address=branch.address,
        phone=branch.phone,
        email=branch.email,
        how_to_get=branch.how_to_get,
        latitude=branch.location.latitude if branch.location else None,
        longitude=branch.location.longitude if branch.location else None,
        aliases=branch.aliases,
        hours=hours,
        children=branch.children,
        main=branch.main,
        zone=zone,
    )
