"""A reply → one short text. Pure."""

import re
from dataclasses import replace

from adapters.shaping import shape
from adapters.sms.counting import UCS2_PART, fitted
from adapters.sms.settings import SmsSettings
from bot.channels import Capabilities
from bot.language.translit import to_latin
from bot.messages import Reply

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

    Choices are left out where nobody can answer them: they would cost a part and lead nowhere.
    """
    if not options.two_way:
        links = tuple(tuple(button for button in row if button.url) for row in reply.buttons)
        reply = replace(reply, buttons=links)
    whole = "\n".join(part.text for part in shape(reply, replace(capabilities(options), max_text=100_000)))
    text = _BLANKS.sub("\n", _CONTROL.sub(" ", whole)).strip()
    return fitted(to_latin(text) if options.transliterate else text, options.max_parts)
