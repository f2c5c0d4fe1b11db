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
    r"|(?:книг\w|книжк\w|она|он|обложк\w)\s+(?:\w+\s+){0,2}?(?:зел[её]н|красн|син|ж[её]лт|голуб|ч[её]рн|бел|роз)\w+"
    r"\s+(?:така|таки|обложк|книж)\w*|там\s+про\b"
    r"|сюжет\w*|главн\w+\s+геро\w+|в\s+конце\s+(?:он|она|все|умира)\w*|на\s+обложке|обложка\s+(?:был\w*\s+)?\w+"
    r"|(?:a|the)\s+(?:book|novel|story)\s+(?:where|about a \w+ (?:who|that))|(?:can.t|don.t) remember the (?:title"
    r"|author|name))",
    "где как про о об помню забы вылет сюжет геро конце облож зел красн "
    "син жел жёл голуб чер чёр бел роз book novel story remember",
)
_ALONE = re.compile(
    r"(?i)(?:(?:я|но|а|к сожалению|только|уже)\s+)*(?:не\s+помню|забыла?|не\s+знаю|вылетел[оа]?\s+из\s+головы)"
    r"\s+(?:ни\s+)?"
    r"(?:автора?|как\s+(?:она\s+|книга\s+)?называется|названи[ея]|фамили\w+(?:\s+автора)?|кто\s+(?:автор|написал))"
    r"(?:\s+(?:книги|автора|ни\s+названия|и\s+названия|и\s+автора))*\W*"
)
"""Nothing but that somebody does not remember."""
_NAMED = re.compile(r"[«„“\"]")


def is_told(text: str) -> bool:
    """Whether a message tells of a book instead of naming it, or that its name is forgotten."""
    if _ALONE.fullmatch(text.strip()):
        return True
    return len(text.split()) >= _FEWEST_WORDS and not _NAMED.search(text) and _TELLS.search(text) is not None
