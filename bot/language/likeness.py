"""«Что-нибудь похожее», «другие книги этого автора»: a wish for more like a book that does not say like which.

Pure. The book is the one that is named beside them, or the one that was shown last; whoever uses this knows it.
"""

from functools import lru_cache
from itertools import pairwise

from bot.language.folding import words

LONGEST = 90
"""Characters; a longer message says itself what it wants."""
_LIKE = ("похож", "подобн", "схож", "similar", "alike")
_SPIRIT = frozenset(words("духе роде стиле ключе духа рода стиля плана жанре"))
"""«В таком духе», «того же плана»."""
_THE_SAME = frozenset(words("таком том этом такого того этого же"))
_WRITER = frozenset(("автора", "писателя", "писательницы", "author", "writer"))
_THAT = frozenset(words("этого этой того той же same this"))
_OTHER = frozenset(words("другие другое другую еще остальные прочие other others more something anything нибудь"))
_BESIDE = (
    _SPIRIT
    | _WRITER
    | _THAT
    | _OTHER
    | frozenset(
        words(
            "а и но ну да еще также тоже или есть ли бы у вас вы мне нам я что чего то нибудь нить кто либо "
            "другое другие другую другая другого какие какое какая какую какой такое такие такую такая такого в "
            "во на по из с таком том этом же того этого нее него них ней нем нею ним ними ее его их эту эта этой "
            "это эти тот та те книга книгу книги книг книжку книжки книжка книжек роман романы роману историю "
            "истории автора авторов посоветуйте посоветуй порекомендуйте порекомендуй подскажите подскажи "
            "подберите подбери подобрать дайте дай найдите найди найти покажите покажи предложите предложи можете "
            "можешь можно пожалуйста спасибо хочу хочется хотел хотела хотелось почитать прочитать взять нужно "
            "надо вообще тогда чтонибудь чтото очень самое something anything else more any some like to it this "
            "that one ones a an the please book books have you do got and or is are there in same kind of by "
            "вроде типа наподобие навроде "
        )
    )
)
_LIKE_IT = (
    *((like, it) for like in ("вроде", "типа", "наподобие", "навроде") for it in ("того", "этого", "такого", "нее")),
    *(("like", it) for it in ("it", "this", "that")),
    ("same", "kind"),
)


@lru_cache(maxsize=4_096)
def is_all(text: str) -> bool:
    """Whether a wish for something alike is all there is: «а что-нибудь похожее?», not «похожее на „Дюну“»."""
    if len(text) > LONGEST:
        return False
    said = words(text)
    if not any(map(_tells, said)) and not _in_that_spirit(said) and not _of_that_writer(said):
        return False
    return all(word in _BESIDE or _tells(word) for word in said)


def _tells(word: str) -> bool:
    return word.startswith(_LIKE)


def _of_that_writer(said: list[str]) -> bool:
    """«Ещё что-нибудь этого автора», "more by the same author"."""
    said = [word for word in said if word != "же"]
    his = any(two in _WRITER and one in _THAT for one, two in pairwise(said))
    return his and not _OTHER.isdisjoint(said)


def _in_that_spirit(said: list[str]) -> bool:
    pairs = list(pairwise(said))
    spirit = any(one in _THE_SAME and two in _SPIRIT for one, two in pairs)
    return spirit or any(pair in _LIKE_IT for pair in pairs)
