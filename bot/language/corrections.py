"""What a reader means who corrects what was said before: «ой нет, не каренина, а воскресение», «вернее, анна каренина».

Pure. Only behind an answer do such words correct anything; whoever uses this knows that there was one.
"""

import re
from functools import lru_cache

LONGEST = 120
"""Characters of a correction."""
_SIGHS = r"(?:(?:ой|ах|ох|а|ну|хотя|да|стоп|извини\w*|прост\w*|подожди\w*|погоди\w*|oh|sorry|wait)[\s,.!]+)*"
_BUT = re.compile(
    rf"{_SIGHS}(?:нет[\s,.!]+|no[\s,.!]+)?не\s+[^,.!?]{{2,50}}?[\s,]+(?:а|но)\s+(?P<meant>\S.*)", re.I | re.S
)
_MEANT = re.compile(
    r"(?:.*[\s,.!])?(?:я\s+)?(?:име(?:л|ла|ю|ли)\s+в\s*виду|хоте(?:л|ла)\s+сказать|то\s+есть|i\s+meant?)[\s,:]+"
    r"(?P<meant>\S.*)",
    re.I | re.S,
)
_RATHER = re.compile(
    rf"{_SIGHS}(?:нет[\s,.!]+|no[\s,.!]+)?(?:{_SIGHS})"
    r"(?:вернее|точнее|лучше|вс[её][\s-]*таки|скорее|rather|actually)[\s,:]+(?P<meant>\S.*)",
    re.I | re.S,
)
_NO = re.compile(rf"{_SIGHS}(?:нет|не,|no)[\s,.!]+(?!ли\b|у\s+вас|у\s+меня)(?P<meant>\S.*)", re.I | re.S)
_THOUGHT_OVER = re.compile(
    r"^(?:давай(?:те)?(?:\s+(?:лучше|тогда))?|пусть\s+будет|хочу)\s+(?=\S)|[\s,]+(?:вс[её][\s-]*таки|лучше|тогда)$",
    re.I,
)
_WAYS = (_BUT, _MEANT, _RATHER, _NO)


def _bare(text: str) -> str:
    """Without what only says that it was thought over: «давай преступление всё-таки»."""
    return _THOUGHT_OVER.sub("", text).strip(" .,!") or text


@lru_cache(maxsize=4_096)
def meant(text: str) -> str:
    """What is left of a correction, "" where the words are none: «нет, лучше адрес» is «адрес»."""
    if len(text) > LONGEST:
        return ""
    said = text.strip()
    for way in _WAYS:
        if found := way.fullmatch(said):
            return meant(found["meant"]) or _bare(found["meant"].strip(" .,!"))
    return ""
