"""What readers say of an answer rather than ask: «нет, не та», «это я читала», «а другая есть?», «не помогло».

Pure. Such words mean something only behind an answer; whoever uses this knows that there was one. Only a message that
is such words from end to end counts: «Не та мама» is a book.
"""

import re
from functools import lru_cache

from bot.language.folding import words

LONGEST = 60
"""Characters; a longer message says what it wants itself."""

_LEAD = (
    r"(?:(?:а|и|но|ну|ой|не|нет|да|спасибо|извини|извините|опять|снова|уже|все|мне|что то|какая то|какой то|"
    r"no|sorry|but|thanks) )*"
)
_THIS = r"(?:(?:это|эта|эту|этот|эти|ее|его|их|я|мы|она|он|они|тут|it|this|that) )*"
_NOT = r"(?:не|совсем не|вообще не|опять не|точно не|is not|isn t|not)"
_THAT = (
    r"(?:то|та|тот|те|ту|такая|такое|такой|такую|эта|эту|этот|это|эти|она|он|ее|его|они|их|подходит|подходят|подошло|"
    r"подошла|нравится|нравятся|понравилось|интересно|интересна|интересует|годится|помогло|помогает|помог|"
    r"the one|it|that|this|this one|that one|right|interesting|helpful)"
)
_MEANT = (
    r"(?:(?:совсем|что|которое|которую|которая|я|мне|нам|нужно|надо|нужна|искал|искала|ищу|хочу|хотел|хотела|просил|"
    r"просила|имел|имела|в|виду|книга|книгу|вообще|опять|уже|i|meant|wanted|want|need) ?)*"
)
_KNOWN = r"(?:уже )?(?:читал|читала|читали|прочитал|прочитала|прочел|прочла|видел|видела|(?:already )?read (?:it|that))"
_UNFOUND = (
    r"(?:(?:я|мы|ничего|нигде|там|тут|здесь|все равно|такой|такую|такого|такое|ее|его|их|книги|книгу|нужного|"
    r"нужную|i|we|still) )*(?:(?:так )?и )?(?:не (?:нашел|нашла|нашли|нашлось|нашлась|нахожу|находит|находится|"
    r"могу найти|можем найти|удалось найти)|can t find|cannot find|could not find|couldn t find|"
    r"did not find|didn t find)"
    r"(?: (?:ничего|нигде|ее|его|их|там|тут|такую|такой|книгу|книги|нужную|it|that|anything))*"
)
"""«Ничего не нашёл», «так и не нашла такую книгу»."""
_WRONG = re.compile(
    rf"{_LEAD}{_THIS}(?:{_NOT} {_THAT}(?: {_MEANT})?|{_KNOWN}(?: (?:уже|это|эту|ее|его|их|все|такое|давно))*|"
    rf"{_UNFOUND}|старье|скучно|скукота|ерунда|чушь|бесполезно|мимо|wrong (?:one|book)|useless)"
)
_OTHER = (
    r"(?:еще|другая|другую|другой|другое|другие|других|иная|следующая|следующие|дальше|"
    r"more|another|other|others|next)"
)
_MORE = re.compile(
    r"(?:(?:а|и|но|ну|нет|да|покажи|покажите|давай|давайте|есть|ли|у вас|что|нибудь|какие|какая|может|можно|мне|дай|"
    r"дайте|"
    r"хочу|посоветуй|посоветуйте|предложи|предложите|show|me|any|anything|give|are there|is there) )*"
    rf"{_OTHER}"
    r"(?: (?:есть|ли|у вас|что|нибудь|то|варианты|вариант|вариантов|книги|книга|книгу|книжки|книжка|книжку|какие|какая|"
    r"какой|какую|кроме|этой|этих|этого|раз|покажи|покажите|давай|пожалуйста|имеется|one|ones|books|book|options|"
    r"else|please))*"
)


@lru_cache(maxsize=4_096)
def is_wrong(text: str) -> bool:
    """Whether the answer was not what was wanted: «не то», «нет, это я читала», «не помогло»."""
    return len(text) <= LONGEST and _WRONG.fullmatch(" ".join(words(text))) is not None


@lru_cache(maxsize=4_096)
def wants_more(text: str) -> bool:
    """Whether more of the same is wanted: «ещё», «а другая есть?», «другие варианты»."""
    return len(text) <= LONGEST and _MORE.fullmatch(" ".join(words(text))) is not None
