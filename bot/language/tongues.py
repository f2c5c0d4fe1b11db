"""Languages that books are in: how readers say them, and the codes that records have (ISO 639-2, else 639-3)."""

from bot.language.folding import words

_TABLE = """
eng | английском | English
rus | русском | Russian
ger deu | немецком | German
fre fra | французском | French
spa | испанском | Spanish
ita | итальянском | Italian
chi zho | китайском | Chinese
jpn | японском | Japanese
kor | корейском | Korean
pol | польском | Polish
cze ces | чешском | Czech
fin | финском | Finnish
tur | турецком | Turkish
ara | арабском | Arabic
lat | латинском |
gre ell grc | греческом |
est | эстонском | Estonian
lav | латышском | Latvian
lit | литовском | Lithuanian
hun | венгерском | Hungarian
ukr | украинском | Ukrainian
bel | белорусском | Belarusian
kaz | казахском | Kazakh
uzb | узбекском | Uzbek
tgk | таджикском | Tajik
kir | киргизском кыргызском | Kyrgyz
tuk | туркменском | Turkmen
aze | азербайджанском | Azerbaijani
arm hye | армянском | Armenian
geo kat | грузинском | Georgian
rum ron mol | молдавском | Moldovan
chu | старославянском церковнославянском церковно-славянском |
tat | татарском | Tatar
bak | башкирском | Bashkir
chv | чувашском | Chuvash
udm | удмуртском | Udmurt
chm mhr mrj | марийском | Mari
mdf myv | мордовском | Mordvin
myv | эрзянском | Erzya
mdf | мокшанском | Moksha
sah | якутском | Yakut
bua | бурятском | Buryat
tyv | тувинском | Tuvan
kjh | хакасском | Khakas
alt | алтайском | Altai
xal | калмыцком | Kalmyk
oss | осетинском | Ossetian
che | чеченском | Chechen
inh | ингушском | Ingush
ava | аварском | Avar
dar | даргинском | Dargin
lez | лезгинском | Lezgin
kum | кумыкском | Kumyk
lbe | лакском | Lak
ady | адыгейском | Adyghe
kbd | кабардинском черкесском | Circassian
krc | карачаевском балкарском | Karachay
nog | ногайском | Nogai
abq | абазинском | Abaza
yrk | ненецком | Nenets
kca | хантыйском | Khanty
mns | мансийском | Mansi
evn | эвенкийском | Evenki
ckt | чукотском | Chukchi
krl | карельском | Karelian
vep | вепсском | Veps
abk | абхазском | Abkhaz
rom | цыганском | Romani
kom kpv koi | коми | Komi
heb | иврите | Hebrew
yid | идише | Yiddish
hin | хинди | Hindi
epo | эсперанто | Esperanto
| иностранном |
"""
"""Codes | as it is said behind «на» | behind "in" ("in Latin America" is no language).

Of the country, its neighbours and its schools.
"""

_ROWS = [[cell.split() for cell in line.split("|")] for line in _TABLE.strip().splitlines()]
IN_RUSSIAN = tuple(name for _, names, _ in _ROWS for name in names)
IN_ENGLISH = tuple(name for _, _, names in _ROWS for name in names)
_CODES = {name.lower(): tuple(codes) for codes, *said in _ROWS for names in said for name in names}
_ENDING = 2
"""Letters of «английском» that «по-английски» has otherwise."""
_BEGINNINGS = {name[:-_ENDING]: name for name in IN_RUSSIAN if name.endswith("ом")}
AS_SAID = rf"(?:{'|'.join(_BEGINNINGS)})(?:ом|и)|{'|'.join(name for name in IN_RUSSIAN if not name.endswith('ом'))}"
"""A pattern of «английском», «по-английски», «коми»."""
_RUSSIAN_OF = {name.lower(): russian[0] for _, russian, names in _ROWS for name in names}


def codes(said: str) -> tuple[str, ...]:
    """What records may have for «татарском» or "tatar"; none for «иностранном», nor for what is no language."""
    return _CODES.get(said.lower(), ())


def named(text: str) -> str:
    """The language that a few words name («а по-английски?», "in English"), as :func:`codes` knows it; "" for none."""
    for word in words(text):
        if word in _CODES:
            return word
        if told := next((name for begins, name in _BEGINNINGS.items() if word.startswith(begins)), ""):
            return told
    return ""


def in_russian(said: str) -> str:
    """The language as it is said in Russian behind «на»; what is no English name stays as it is."""
    return _RUSSIAN_OF.get(said.lower(), said)
