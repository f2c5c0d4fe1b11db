"""A reply → one short text. Pure."""

import re
from collections.abc import Iterator, Sequence

from adapters.shaping import cut, in_words, shape
from adapters.sms.counting import UCS2_PART, fitted, parts
from adapters.sms.settings import SmsSettings
from bot.channels import Capabilities
from bot.language.translit import to_latin
from bot.messages import Attachment, Button, Location, Reply
from bot.quick import replace
from bot.wording import gettext as _

LEAST = 30
"""Letters of a text that must be left when it is cut to make room for what stands below it."""
SHORT_LABEL = 24
_ENDLESS = Capabilities(max_text=100_000, max_buttons=0, max_label=0, formatting=False, locations=False)
_BLANKS = re.compile(r"[ \t]*\n\s*")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]+")


def capabilities(options: SmsSettings) -> Capabilities:
    """Plain text, nothing else."""
    return Capabilities(
        max_text=options.max_parts * UCS2_PART if options.max_parts > 1 else 70,
        max_buttons=0,
        max_label=0,
        formatting=False,
        locations=False,
        rate_per_s=options.rate_per_s,
        confirms=True,
    )


def text_of(reply: Reply, options: SmsSettings) -> str:
    """What is sent: links and places written out, no blank lines, in at most ``max_parts`` parts.

    Where that is too little, the address of a map goes first (the place keeps its name), then the text is cut with
    «…», then the labels of choices are, and last of all the reader is told how many choices found no room.
    Choices are left out where nobody can answer them: they would cost a part and lead nowhere.
    """
    words = _plain(_shaped(replace(reply, buttons=(), attachments=())), options)
    choices = tuple(button for row in reply.buttons for button in row if button.is_choice) if options.two_way else ()
    whole = _below(words, _tail(reply, choices, options, maps=True))
    if len(parts(words + whole).pieces) <= options.max_parts:
        return words + whole
    for tail in _shorter_tails(reply, choices, options):
        if said := fitted(words, options.max_parts, _below(words, tail), LEAST):
            return said
    return fitted(words + whole, options.max_parts)


def _shorter_tails(reply: Reply, choices: Sequence[Button], options: SmsSettings) -> Iterator[str]:
    """What stands below the text, each time in fewer letters."""
    yield _tail(reply, choices, options)
    short: Sequence[Button] = [replace(choice, label=cut(choice.label, SHORT_LABEL)) for choice in choices]
    if len({choice.label for choice in short}) < len(short):
        short = choices  # what tells them apart stands at their ends
    for kept in range(len(short), 0, -1):
        left_out = len(short) - kept
        told = " " + _("Не поместилось вариантов: {number}.").format(number=left_out) if left_out else ""
        yield _tail(reply, short[:kept], options, told=told)


def _tail(reply: Reply, choices: Sequence[Button], options: SmsSettings, *, maps: bool = False, told: str = "") -> str:
    """Attachments in words, links, choices."""
    lines = [line for what in reply.attachments for line in _written(what, maps=maps)]
    links = tuple(button for row in reply.buttons for button in row if button.url)
    offered = _shaped(Reply(text="", buttons=(links, tuple(choices))))
    return _plain("\n".join([*lines, offered]) + told, options)


def _written(what: Attachment, *, maps: bool) -> Sequence[str]:
    lines = [line for line in in_words(what) if line]
    return lines[:1] if isinstance(what, Location) and not maps else lines


def _shaped(reply: Reply) -> str:
    return "\n".join(part.text for part in shape(reply, _ENDLESS))


def _plain(text: str, options: SmsSettings) -> str:
    text = _BLANKS.sub("\n", _CONTROL.sub(" ", text)).strip()
    return to_latin(text) if options.transliterate else text


def _below(words: str, tail: str) -> str:
    return f"\n{tail}" if words and tail else tail
