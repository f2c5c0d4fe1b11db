"""The channels of the configuration: their kinds, what each may carry, and each of them built."""

import importlib
import pkgutil

import adapters
from bot.channels import Channel, ChannelSpec, Pushed, Served, Setting, Tended
from bot.clock import Clock, SystemClock
from bot.engine.privacy import DataClass, Privacy
from bot.errors import ConfigError
from bot.library.notices import Carrier
from bot.library.places import main_branch
from bot.ports.files import Files
from bot.settings import Settings, validated

CHANNEL_KINDS = tuple(sorted(package.name for package in pkgutil.iter_modules(adapters.__path__) if package.ispkg))
"""The packages in ``adapters/``; each is imported when a channel of its kind is configured."""


OPENED_BY_READERS = frozenset({"webchat", "terminal"})
"""Kinds of channels in which nobody finds what comes by itself."""


def channel_spec(kind: str) -> ChannelSpec:
    """The kind of messenger, its library loaded now and not before.

    Raises:
        ConfigError: There is no such kind.
    """
    if kind not in CHANNEL_KINDS:
        raise ConfigError(f"channels: unknown kind {kind!r}; known: {', '.join(CHANNEL_KINDS)}")
    spec: ChannelSpec = importlib.import_module(f"adapters.{kind}").CHANNEL
    return spec


def kind_of(name: str, settings: Settings) -> str:
    """Which messenger a configured channel is of, as its block says: its own name where it says nothing."""
    return str(settings.channels[name].get("kind", name))


def spec_of(name: str, settings: Settings) -> ChannelSpec:
    """The kind of a configured channel. Raises ConfigError."""
    return channel_spec(kind_of(name, settings))


def data_class(name: str, settings: Settings) -> DataClass:
    """What a channel may carry: what its block says, else what the profile says of its kind. Raises ConfigError."""
    said = settings.channels[name].get("data")
    if said is False:
        return DataClass.OFF  # YAML reads a bare off as no
    if said is not None:
        try:
            return DataClass(str(said))
        except ValueError:
            raise ConfigError(f"channels.{name}.data: expected {', '.join(DataClass)}, got {said!r}") from None
    careful = settings.privacy.profile == "ru" and spec_of(name, settings).foreign
    return DataClass.PUBLIC_ONLY if careful else DataClass.FULL


def privacy_of(settings: Settings) -> Privacy:
    """The data classes of all channels, and where readers may ask for what is theirs. Raises ConfigError."""
    classes = {name: data_class(name, settings) for name in settings.channels}
    kinds = {name: spec_of(name, settings) for name, said in classes.items() if said is DataClass.FULL}
    page = settings.server.public_url
    return Privacy(
        classes,
        tuple(
            f"{spec.title}: {page}" if spec.kind == "webchat" and page else spec.title
            for spec in kinds.values()
            if spec.kind != "terminal"
        ),
    )


def undecided(settings: Settings) -> list[str]:
    """Channels through which a library in Russia sends personal data abroad without having decided to."""
    if settings.library.country != "RU" or settings.privacy.profile:
        return []
    return [
        name
        for name, options in settings.channels.items()
        if options.get("data") is None and kind_of(name, settings) in CHANNEL_KINDS and spec_of(name, settings).foreign
    ]


UNDECIDED_ADVICE = (
    "a foreign messenger carries readers' personal data; Russian law forbids that to state and municipal libraries: "
    "set privacy.profile: ru (nothing personal there), or say data: full if that is the library's decision"
)


def build_channel(name: str, settings: Settings, clock: Clock | None = None, files: Files | None = None) -> Channel:
    """One configured channel. Raises ConfigError with the path of a wrong key."""
    options = dict(settings.channels[name])
    spec = spec_of(name, settings)
    for of_the_core in ("kind", "data", *({"staff_chat"} - spec.settings.model_fields.keys())):
        options.pop(of_the_core, None)
    main = main_branch(settings.library.values())
    setting = Setting(
        name=name,
        library_name=settings.library.name,
        language=settings.library.language,
        public_url=settings.server.public_url,
        hooks_url=settings.server.hooks_url,
        clock=clock or SystemClock(),
        files=files,
        personal=data_class(name, settings) is DataClass.FULL,
        extra={"policy_url": settings.privacy.policy_url, "phone": main.phone if main else ""},
    )
    channel = spec.build(validated(spec.settings, options, where=f"channels.{name}"), setting)
    if isinstance(channel, Pushed) and isinstance(channel, Tended) and not setting.hook:
        raise ConfigError(
            f"server.public_url: channels.{name} is called by its messenger, so it must be known how the world "
            "reaches us: https://bot.library.example; or choose a mode that polls, where it has one"
        )
    return channel


def silent_channels(settings: Settings) -> frozenset[str]:
    """Where nobody is told anything by itself; as :func:`carrier_of`, before any channel is built."""
    quiet = not settings.notices.enabled
    return frozenset(name for name in settings.channels if quiet or kind_of(name, settings) in OPENED_BY_READERS)


def carrier_of(name: str, channel: Channel, settings: Settings, privacy: Privacy) -> Carrier:
    """What a channel means for notices: a page of our own and a terminal have to be opened, so nobody is told there."""
    return Carrier(
        personal=privacy.allows_personal(name),
        pushes=not isinstance(channel, Served) and kind_of(name, settings) not in OPENED_BY_READERS,
        window_h=channel.capabilities.window_h,
        templates=frozenset(settings.channels[name].get("templates") or {}),
        confirms=channel.capabilities.confirms,
    )
