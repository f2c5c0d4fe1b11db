"""What writes without being asked: notices to readers, calls to the staff, the question whether it helped."""

from collections.abc import Collection, Mapping

from bot.app.accounts import lending_house
from bot.app.channels import carrier_of, spec_of
from bot.app.store import Opened
from bot.channels import Channel
from bot.engine.aftercare import Aftercare
from bot.engine.alerts import Alerts
from bot.engine.notices import Notices
from bot.engine.outbox import StillTrue
from bot.engine.privacy import Privacy
from bot.errors import ConfigError
from bot.library.places import start_parameter
from bot.messages import Outbound
from bot.settings import Settings
from db.calls import SqlCalls
from db.notices import SqlNotices


def staff_chats(settings: Settings, channels: Mapping[str, Channel]) -> dict[str, str]:
    """Where the staff are told of readers who wait: their own chat by channel, as ``staff_chat`` names it."""
    named = {name: settings.channels[name].get("staff_chat") for name in channels}
    return {name: str(chat) for name, chat in named.items() if chat not in (None, "")}


def alerts_of(what: Opened, channels: Mapping[str, Channel]) -> Alerts | None:
    """Who tells the staff of readers who wait; None where nobody is to be told."""
    settings, chats = what.settings, staff_chats(what.settings, channels)
    after, page = settings.handover.alert_after, settings.server.public_url.rstrip("/")
    if after is None or not chats:
        return None
    return Alerts(
        SqlCalls(what.database, what.clock),
        what.clock,
        what.branches,
        what.library.holidays,
        chats=chats,
        after=after,
        again=settings.handover.alert_again,
        nights=settings.notices.rules(),
        zone=settings.library.timezone,
        reply_branch=settings.library.reply_branch,
        channels={name: spec_of(name, settings).title for name in channels},
        sources={start_parameter(branch.code): branch.code for branch in settings.library.values()},
        console=f"{page}/console/" if page and settings.console.enabled else "",
        language=settings.library.language,
    )


def aftercare_of(what: Opened, channels: Mapping[str, Channel]) -> Aftercare | None:
    """Who asks readers whether a librarian has helped; None where nobody does."""
    if not what.settings.handover.ask_if_helped:
        return None
    windows = {name: channel.capabilities.window_h for name, channel in channels.items()}
    calls = SqlCalls(what.database, what.clock)
    return Aftercare(calls, what.clock, windows, what.settings.library.language, what.words)


def all_true(*asked: StillTrue) -> StillTrue:
    """A letter may leave where nobody objects; the first objection counts."""

    async def still_true(message: Outbound) -> str:
        for ask in asked:
            if why := await ask(message):
                return why
        return ""

    return still_true


def paid_channel(settings: Settings, channels: Collection[str], privacy: Privacy) -> str:
    """The channel of paid messages, "" where there is none. Raises ConfigError where it can carry no notices."""
    sms = settings.notices.sms
    if sms and (sms not in channels or spec_of(sms, settings).kind != "sms"):
        raise ConfigError(f"notices.sms: expected the name of a channel of the kind sms, got {sms!r}")
    if sms and not privacy.allows_personal(sms):
        raise ConfigError(f"notices.sms: channels.{sms} carries nothing of a person (data: public_only)")
    return sms


def notices_of(what: Opened, channels: Mapping[str, Channel], privacy: Privacy) -> Notices:
    """What writes to readers by itself. Raises ConfigError."""
    settings = what.settings
    rules, sms = settings.notices.rules(), paid_channel(settings, channels, privacy)
    carriers = {name: carrier_of(name, channel, settings, privacy) for name, channel in channels.items()}
    usable = [name for name, carrier in carriers.items() if carrier.personal and carrier.pushes]
    pages = [name for name, carrier in carriers.items() if carrier.personal and not carrier.pushes]
    house, branches = lending_house(settings), what.branches
    circulation = what.library.circulation
    assert circulation is not None  # a library that is opened has it
    return Notices(
        SqlNotices(what.database, branches, what.clock, house, rules, usable, sms, pages),
        circulation,
        branches,
        house.holidays,
        what.clock,
        rules,
        carriers,
        library=settings.library.name,
        language=settings.library.language,
        sms=sms,
    )
