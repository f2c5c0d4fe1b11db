"""A book told by what happens in it, by its cover or by when it was read: «там мальчик попадает на остров»."""

import re

from understanding.sought import Sought

_FEWEST_WORDS = 5
_TELLS = Sought(
    r"(?i)\b(?:(?:книг\w|книжк\w|роман|рассказ|повесть|сказк\w|истори\w|там|ещ[её])\W+(?:где|про то,? как"
    r"|о том,? как)\b"
    r"|(?:про|о|об)\s+(?:\w+\s+)?(?:мальчик|девочк|парн|девушк|мужчин|женщин|человек|ребят|подростк|дево|семь|геро"
    r"|сирот|кот|собак|волшебник)\w*"
    r"(?:\s+[\w-]+){0,3}[\s,]+(?:котор|где|и\s+е[гё]|как)\w*"
    r"|не\s+помню\s+(?:ни\s+)?(?:как\s+)?(?:автор|назван|называ|фамили)\w*|(?:забыла?|вылетел\w*)\s+(?:автор|назван"
    r"|как\s+называ)\w*"
    r"|сюжет\w*|главн\w+\s+геро\w+|в\s+конце\s+(?:он|она|все|умира)\w*|на\s+обложке|обложка\s+(?:был\w*\s+)?\w+"
    r"|(?:a|the)\s+(?:book|novel|story)\s+(?:where|about a \w+ (?:who|that))|(?:can.t|don.t) remember the (?:title"
    r"|author|name))",
    "где как про о об помню забы вылет сюжет геро конце облож book novel story remember",
)
_NAMED = re.compile(r"[«„“\"]")


def is_told(text: str) -> bool:
    """Whether a message tells of a book instead of naming it."""
    return len(text.split()) >= _FEWEST_WORDS and not _NAMED.search(text) and _TELLS.search(text) is not None
