"""What kinds of books are called, in Russian and in English: the one list that all ask. Pure.

``bot.library.genres`` tells which kind a word means; a message in English is known by its English words, too.
"""

KINDS = (
    "детектив детективы детективный детективчик детективчики detective mystery mysteries crime",
    "фантастика фантастический science_fiction scifi sci_fi",
    "фэнтези fantasy",
    "ужасы ужастик ужастики хоррор мистика мистический страшный страшилка страшилки horror",
    "триллер триллеры thriller",
    "сказка сказки сказочный сказочка сказочки fairy fairy_tales",
    "стихи стихотворения стишок стишки поэзия поэма поэмы лирика poetry poems",
    "юмор юмористический сатира комедия смешной humor humour comedy",
    "комикс комиксы манга графический comics manga",
    "приключения приключенческий adventure",
    "классика классический classics",
    "рассказ рассказы новеллы stories",
    "повесть повести",
    "пьеса пьесы драма драматургия драмы plays drama",
    "биография биографии биографический мемуары воспоминания biography memoir",
    "энциклопедия энциклопедии энциклопедический encyclopedia",
    "роман романы романчик novel novels",
    "романтика любовный романтический romance",
    "вестерн western",
    "басня басни",
    "антиутопия антиутопии dystopia",
    "учебник учебники учебный пособие textbook",
)
"""A kind a line, all its names; two words that are one name are joined by «_»."""
IN_ENGLISH = frozenset(word for kind in KINDS for name in kind.split() if name.isascii() for word in name.split("_"))
"""Every English word that occurs in them."""
