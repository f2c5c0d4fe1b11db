"""A question in a language that the bot does not speak: heard as such, so that nobody is denied a book.

Pure. Heard are greetings and the words that questions to a library are made of; a title in another language
(«Der Prozess») tells nothing. What is left without these words may be a title.
"""

import re
from functools import lru_cache

from bot.language.folding import fold, words
from bot.quick import dataclass

_LONGEST = 400
"""Characters that are looked at."""
_TABLE = """
немецком | haben habt sie gibt guten wann bitte danke hallo mochte suche brauche kann konnen ausleihen verlangern
  geoffnet offnungszeiten bucherei bibliothek deutsch deutsche deutschen deutscher deutschsprachige sprechen
  | buch bucher kinderbucher romane
  | wo wie ich ein eine einen der die das den dem und in auf von fur mir mich es ist bis um heute morgen tag am im zu
  man auch noch hat lange sprache
французском | bonjour bonsoir avez vous cherche voudrais bibliotheque ouvert ouverte ouvrez fermez horaires merci
  comment parlez francais emprunter pouvez
  | livre livres romans
  | je j le la les un une des de du d en et ou est ce que qu il y s l pour dans au aux sur votre vos quand plait puis
испанском | hola buenos buenas dias tardes tienen tienes tiene busco quiero quisiera necesito biblioteca abierto
  abierta abren cierran horario gracias favor cuando donde puedo espanol
  | libro libros novelas
  | el la los las un una de en y a por para con que es su mi me hay algun alguno algo hoy
итальянском | buongiorno buonasera salve avete biblioteca aperta aperto aprite chiudete cerco vorrei grazie posso
  italiano orari quando dove
  | libro libri romanzi
  | il lo la i gli le un una di a da in con su per e che mi c c'e oggi
польском | czy macie dzien szukam chcialbym chcialabym potrzebuje biblioteka otwarta otwarte kiedy gdzie prosze
  dziekuje polsku wypozyczyc
  | ksiazka ksiazki ksiazke ksiazek
  | jest sa w na po do z i o mi sie u was dobry
финском | onko teilla kirjasto auki milloin missa kiitos hei suomeksi etsin haluaisin suomenkielisia
  | kirja kirjaa kirjoja
  | on ja tanaan
турецком | merhaba kutuphane nerede ariyorum arıyorum istiyorum tesekkurler turkce gunler acık acik kacta var
  | kitap kitabı kitabi kitaplar
  | mı mi mu bir icin ve bugun saat iyi
узбекском | assalomu alaykum bormi qachon qayerda kerak rahmat zbekcha kutubxona sizda ассалому алайкум борми қачон
  қаерда керак раҳмат узбекча кутубхона сизда тилида
  | kitob kitoblar китоб китоблар
  | bor va бор ва o салом salom
таджикском | доред ҳаст куҷо лозим раҳмат тоҷики забони китобхона бо шумо салом
  | китоб китобҳо китобхо
  | ва аз дар ба
татарском | исәнмесез сәлам бармы кайчан кирәк рәхмәт эзлим сездә сезнең китапханә эшли ачык татарча телендә кайда
  | китап китаплар китаплары китабы китапларыгыз
  | бар мин миңа гына беләм белән һәм ни нинди ничә татар
башкирском | һаумыһығыҙ бармы ҡасан ҡайҙа кәрәк рәхмәт һеҙҙә башҡортса телендә китапхана
  | китап китаптар китаптары
  | бар һәм башҡорт
казахском | сәлеметсіз сәлем қашан қайда керек рахмет сізде қазақша тілінде кітапхана
  | кітап кітаптар кітабы
  | бар ма бе және қазақ
киргизском | саламатсызбы барбы качан керек рахмат сиздерде кыргызча тилинде китепкана
  | китеп китептер китептери
  | бар жана кыргыз
украинском | чи є маєте працюєте відкриті відчинені бібліотека бібліотеці шукаю потрібна потрібен потрібно дякую ласка
  украінською добрий вітаю взяти прочитати котроі скількох
  | книги книжки
  | у вас ви ми дня день і на до з що як де який яка яке це будь коли доброго я
белорусском | ці есць працуеце бібліятэка шукаю патрэбна патрэбны дзякуй калі дзе беларуску беларускай
  | кніга кнігі кнігу
  | у вас дзень і на па мове добры
"""
"""Language, as it is said behind «на» | what only a question has | books | what stands beside them."""

_SCRIPTS = (
    (re.compile("[\u3040-\u30ff]"), "японском"),
    (re.compile("[\u4e00-\u9fff]"), "китайском"),
    (re.compile("[\uac00-\ud7af]"), "корейском"),
    (re.compile("[\u0530-\u058f]"), "армянском"),
    (re.compile("[\u10a0-\u10ff]"), "грузинском"),
    (re.compile("[\u0600-\u06ff]"), "арабском"),
    (re.compile("[\u0590-\u05ff]"), "иврите"),
    (re.compile("[\u0370-\u03ff]"), "греческом"),
    (re.compile("[\u0900-\u097f]"), "хинди"),
)
_LETTERS = re.compile("[әөүҗңһҡғҙҫқұіїєґўҳҷӣӯ]")
"""Cyrillic letters that Russian has not."""
_SEEKS = frozenset(words("suche brauche mochte cherche voudrais busco quiero cerco vorrei szukam etsin шукаю эзлим"))
"""«Ich suche …»: begun so it is a wish, whatever follows."""
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_OURS = re.compile("[A-Za-zА-Яа-яЁё]")
_ASKED_IN_RUSSIAN = frozenset(
    words("есть ли мне можно нужна нужен нужно ищу здравствуйте пожалуйста подскажите спасибо")
)
_ARTICLES = frozenset(words("le la les l un une el los las il lo gli der die das ein eine"))
_BY = frozenset(words("von de par di del della av"))
_WORD = re.compile(r"[^\W_]+(?:['’ʻ‘-][^\W_]+)*")
_SHARE = 0.4
"""So many of the words must be a question's: the rest are a title."""
_FEWEST = 2
_SHORTEST = 4
"""Letters of a word that may be a title: «ви» of «коли ви працюєте» is none."""


@dataclass(frozen=True, slots=True)
class _Tongue:
    name: str
    asks: frozenset[str]
    books: frozenset[str]
    beside: frozenset[str]


def _read(line: str) -> _Tongue:
    name, *told = (cell.split() for cell in line.split("|"))
    return _Tongue(name[0], *map(frozenset, told))


_TONGUES = tuple(map(_read, re.sub(r"\n\s+", " ", _TABLE).strip().splitlines()))
_RUSSIAN_TOO = frozenset(words("книги книжки до з на у"))
_TELLING = frozenset().union(*(tongue.asks | tongue.books for tongue in _TONGUES)) - _RUSSIAN_TOO


@dataclass(frozen=True, slots=True)
class Foreign:
    """A question in another language.

    Attributes:
        language: As it is said behind «на»: «немецком».
        of_books: Books are asked for, and none by its title.
        title: What is left without the question's words, as it was typed; "" where nothing is.
        narrower: The same without articles and «von».
        near: In Cyrillic letters: who writes so may be understood all the same («як записатися»), and reads Russian.
    """

    language: str
    of_books: bool = False
    title: str = ""
    narrower: str = ""
    near: bool = False


@lru_cache(maxsize=4_096)
def heard(text: str) -> Foreign | None:
    """The question in another language that a text is, None for what is Russian, English or no question."""
    text = text[:_LONGEST]
    if (script := _by_script(text)) is not None:
        return script
    spelt = [(found[0], words(found[0])) for found in _WORD.finditer(text)]
    said = [word for _, folded in spelt for word in folded]
    if _TELLING.isdisjoint(said):
        return None
    tongue = max(_TONGUES, key=lambda one: (_count(said, one.asks), _count(said, one.books), _count(said, one.beside)))
    if not _is_asked(text, said, tongue):
        return None
    left = _left(spelt, tongue)
    bare = [word for word in left if fold(word) not in _ARTICLES | _BY]
    if all(len(word) < _SHORTEST for word in bare):
        bare = []
    return Foreign(
        language=tongue.name,
        of_books=not bare and not tongue.books.isdisjoint(said),
        title=" ".join(left) if bare else "",
        narrower=" ".join(bare),
        near=_CYRILLIC.search(text) is not None,
    )


def _count(said: list[str], known: frozenset[str]) -> int:
    return sum(word in known for word in said)


def _is_asked(text: str, said: list[str], tongue: _Tongue) -> bool:
    asks, books, beside = (_count(said, known) for known in (tongue.asks, tongue.books, tongue.beside))
    if _count(said, _ASKED_IN_RUSSIAN) >= max(asks, 1):
        return False
    told = asks + books + beside
    if asks and not _SEEKS.isdisjoint(said[:2]) and len(said) > 1:
        return True
    signs = (asks > 0, books > 0 or text.rstrip(" !)").endswith("?"), bool(_LETTERS.search(text.lower())))
    enough = asks >= _FEWEST or (told >= _FEWEST and sum(signs) >= _FEWEST)
    return enough and told >= _SHARE * len(said)


def _left(spelt: list[tuple[str, list[str]]], tongue: _Tongue) -> list[str]:
    """The words between the question's own at both ends, with the article before them."""
    known = tongue.asks | tongue.books | tongue.beside
    kept = [not known.issuperset(folded) for _, folded in spelt]
    if True not in kept:
        return []
    first, last = kept.index(True), len(kept) - kept[::-1].index(True)
    if first and _ARTICLES.issuperset(spelt[first - 1][1]):
        first -= 1
    return [word for word, _ in spelt[first:last]]


def _by_script(text: str) -> Foreign | None:
    """A question in letters that are neither Latin nor Cyrillic; without a question mark it is a title."""
    if text.isascii() or _OURS.search(text) or not text.rstrip().endswith(("?", "\uff1f", "\u061f")):
        return None
    return next((Foreign(language) for letters, language in _SCRIPTS if letters.search(text)), None)
