"""What a channel may carry: the one place where data classes are enforced.

Some countries forbid a library to send a person's data through foreign messengers. In a ``public_only`` channel
readers get what any passer-by may know, and are told where to ask for the rest. It is kept twice over: a turn's
replies are looked at before they are kept (so that the log shows what was said), and whatever else comes to the
outbox is looked at before it leaves.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import field
from enum import StrEnum

from bot.engine import phrases
from bot.language.masking import tells_a_number
from bot.messages import Button, Content, Outbound, Photo, Reply, Text
from bot.ports.log import PRIVATE, Completed, Outcome
from bot.quick import dataclass, replace


class DataClass(StrEnum):
    """What a channel carries."""

    FULL = "full"
    PUBLIC_ONLY = "public_only"
    OFF = "off"
    """The channel is not there at all."""


@dataclass(frozen=True, slots=True)
class Privacy:
    """The data classes of all channels.

    Attributes:
        classes: By channel; one that is not named carries everything.
        elsewhere: Where readers may ask for what is theirs: titles and addresses of the other channels.
    """

    classes: Mapping[str, DataClass] = field(default_factory=dict)
    elsewhere: tuple[str, ...] = ()

    def allows_personal(self, channel: str) -> bool:
        """Whether the channel may carry something of a person."""
        return self.classes.get(channel, DataClass.FULL) is DataClass.FULL

    def ask_elsewhere(self) -> Reply:
        """What a reader hears instead."""
        return phrases.ask_elsewhere(self.elsewhere)

    def turn(self, completed: Completed, personal: Collection[str] = ()) -> Completed:
        """The turn as its channel may carry it: nothing personal is kept to be sent, offered, or awaited.

        Args:
            completed: As the handlers answered.
            personal: Verbs of buttons that lead to something personal: here they would lead nowhere.
        """
        if self.allows_personal(completed.contact.channel):
            return completed

        def leads_on(button: Button) -> bool:
            return not button.asks_phone and button.payload.partition(":")[0] not in personal

        told = [_with_buttons(said, leads_on) for said in completed.replies if not said.personal]
        if len(told) < len(completed.replies):
            told.append(self.ask_elsewhere())
            dialogue = replace(completed.dialogue, expects="", data={}, offered=(), offered_at=None)
            return replace(completed, replies=tuple(told), dialogue=dialogue)
        if all(after is before for after, before in zip(told, completed.replies, strict=True)):
            return completed
        offered = tuple(filter(leads_on, completed.dialogue.offered))
        return replace(completed, replies=tuple(told), dialogue=replace(completed.dialogue, offered=offered))

    def unsaid(self, completed: Completed, content: Content) -> Completed:
        """The turn of a reader who wrote a number of a telephone or a card: it is not kept, nor said again.

        Whoever calls a person is called one all the same; everything else may be asked again without the number.
        """
        if self.allows_personal(completed.contact.channel) or not _tells_a_number(content):
            return completed
        said = phrases.number_not_kept(self.ask_elsewhere())
        called, dialogue = bool(completed.handover_reason), replace(completed.dialogue, last_text="")
        if not called:
            dialogue = replace(dialogue, expects="", data={}, offered=(), offered_at=None)
        return replace(
            completed,
            replies=(said, *completed.replies) if called else (said,),
            dialogue=dialogue,
            intent=PRIVATE if completed.outcome is Outcome.MISSED else completed.intent,
            secret=True,
        )

    def allows(self, message: Outbound) -> bool:
        """Whether a message may leave."""
        return self.allows_personal(message.contact.channel) or _is_public(message.reply)


def _tells_a_number(content: Content) -> bool:
    match content:
        case Text(text):
            return tells_a_number(text)
        case Photo(caption=caption):
            return tells_a_number(caption)
        case _:
            return False


def _is_public(said: Reply) -> bool:
    return not said.personal and not any(button.asks_phone for row in said.buttons for button in row)


def _with_buttons(said: Reply, leads_on: Callable[[Button], bool]) -> Reply:
    """The reply with the buttons that lead on; itself where all do."""
    if all(leads_on(button) for row in said.buttons for button in row):
        return said
    rows = [tuple(filter(leads_on, row)) for row in said.buttons]
    return replace(said, buttons=tuple(row for row in rows if row))
