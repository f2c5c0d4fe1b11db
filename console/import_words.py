"""What an import says of records and rows: what was left out, what was mended, and what to do about it."""

import csv
import io
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path

from bot.quick import dataclass
from bot.spreadsheet import harmless
from bot.wording import gettext as _

LINES_A_PIECE = 500


@dataclass(frozen=True, slots=True)
class Reason:
    """What an import found, and what a librarian does about it; ``do`` is "" where nothing is to be done."""

    said: str
    do: str = ""


def rejections() -> Mapping[str, Reason]:
    """Code → why a record or a row was left out."""
    again = _("Файл выгружен не до конца: выгрузите его ещё раз.")
    in_your_program = _("Откройте её в своей программе, сохраните заново и выгрузите ещё раз.")
    return {
        "truncated": Reason(_("запись обрывается"), again),
        "not_a_record": Reason(_("не похоже на запись"), _("Проверьте, тот ли это файл и целиком ли он выгружен.")),
        "bad_directory": Reason(_("запись повреждена"), in_your_program),
        "bad_characters": Reason(
            _("нечитаемые буквы"), _("Выгрузите файл в кодировке UTF-8. Не помогло? Покажите его тому, кто ведёт бота.")
        ),
        "no_title": Reason(_("нет названия"), _("Впишите название в своей программе и выгрузите ещё раз.")),
        "too_long": Reason(_("запись слишком длинная"), _("Обычно это слипшиеся записи: выгрузите файл ещё раз.")),
        "bad_row": Reason(
            _("строка непонятна"),
            _("Сравните её с соседними: ячейки сдвинулись, чего-то не хватает, или название заняло две строки."),
        ),
        "no_header": Reason(
            _("лист без шапки не прочитан"),
            _("Впишите на нём над списком названия столбцов, как на первом листе, или удалите его."),
        ),
        "no_such_book": Reason(
            _("сведения об экземплярах книги, которой нет в файле"),
            _("Выгрузите книги и экземпляры одним файлом и загрузите его."),
        ),
        "deleted": Reason(_("запись удалена в вашей программе")),
        "no_card": Reason(_("нет номера билета"), _("Впишите номер билета: без него читателя не узнать.")),
        "bad_date": Reason(_("вместо даты что-то другое"), _("Напишите дату так: 31.12.2026.")),
        "no_book": Reason(_("не сказано, какая книга"), _("Впишите инвентарный номер или название.")),
        "no_day": Reason(_("нет ни даты выдачи, ни срока"), _("Впишите срок возврата или дату выдачи.")),
        "due_early": Reason(_("срок раньше выдачи"), _("Проверьте обе даты: одна из них неверна.")),
        "twice": Reason(_("эта выдача уже есть в списке")),
        "card_twice": Reason(
            _("этот билет есть в списке ещё раз, взята последняя его строка"),
            _("Если это разные люди, исправьте номер у одного из них."),
        ),
        "no_branch": Reason(
            _("не сказано, какой филиал"), _("Впишите филиал в файл или выберите его, когда отправляете файл.")
        ),
        "no_reader": Reason(_("такого билета нет"), _("Сначала загрузите список читателей, потом этот.")),
        "zeros_lost": Reason(
            _("номер билета без первых нулей может быть не одного читателя"), _("Напишите номер целиком, с нулями.")
        ),
        "lent_to_another": Reason(
            _("этот экземпляр уже выдан по другому билету"), _("Проверьте в своей программе, у кого книга.")
        ),
        "not_found": Reason(
            _("в каталоге не нашлось"), _("Сверьте с «Каталогом». Если книги там нет, скрывать нечего.")
        ),
        "several": Reason(_("подходит несколько книг"), _("Скройте нужную на её странице в «Каталоге».")),
        "other_author": Reason(_("такая книга есть, но другого автора"), _("Сверьте автора с «Каталогом».")),
        "other_book": Reason(_("по этому номеру в каталоге другая книга"), _("Сверьте номер с «Каталогом».")),
        "bad_isbn": Reason(_("ISBN записан с ошибкой"), _("Перепишите его с книги или впишите автора и название.")),
    }


def _mended() -> Mapping[str, Reason]:
    """Code → what was odd in a record that is loaded all the same."""
    by_excel = _("Так бывает после Excel. Сделайте столбец текстовым и вставьте номера заново.")
    built = Reason(_("запись построена с ошибкой"))
    line = Reason(_("строка записи испорчена и пропущена"), _("Выгрузите файл ещё раз: он мог повредиться в пути."))
    return {
        "length_mismatch": built,
        "base_mended": built,
        "directory_mended": built,
        "charset_guess": Reason(
            _("кодировка определена по буквам"), _("Посмотрите на первые книги: если буквы читаются, всё в порядке.")
        ),
        "bad_characters": Reason(
            _("есть нечитаемые знаки"), _("Книги загрузятся. Поправьте названия в своей программе и выгрузите ещё раз.")
        ),
        "bad_line": line,
        "line_cut": line,
        "unknown_status": Reason(
            _("состояние экземпляра незнакомо"),
            _("Бот не скажет, что книга на месте. Ему понятно: «на месте», «выдана», «утеряна», «списана»."),
        ),
        "hidden_row": Reason(_("строка таблицы скрыта"), _("Если она лишняя, удалите её из таблицы.")),
        "isbn_lost": Reason(_("ISBN испорчен (9,78E+12)"), by_excel),
        "inventory_date": Reason(_("вместо инвентарного номера дата"), by_excel),
        "two_digit_year": Reason(_("год записан двумя цифрами, век добавил бот")),
    }


def seen_to(warnings: Mapping[str, int]) -> Sequence[tuple[Reason, int]]:
    """What was mended and in how many records, the most first; codes that mean the same are counted together."""
    words, found = _mended(), Counter[Reason]()
    for code, count in warnings.items():
        found[words.get(code, Reason(code))] += count
    return found.most_common()


def in_words(rejected: Path) -> Generator[bytes]:
    """The program's list of records that were left out as a librarian's table, piece by piece."""
    words = rejections()
    with rejected.open(encoding="utf-8-sig", newline="") as file:
        out = io.StringIO()
        table = csv.writer(out, delimiter=";")
        yield "\ufeff".encode()
        for_others = _("Для того, кто ведёт бота")
        table.writerow((_("Которая по счёту"), _("Что не так"), _("Что делать"), _("Номер записи"), for_others))
        for rows, one in enumerate(csv.DictReader(file, delimiter=";"), 1):
            why = words.get(one["reason"], Reason(one["reason"]))
            detail = f"{one['reason']}: {one['detail']}" if one["detail"] else one["reason"]
            table.writerow((one["ordinal"], why.said, why.do, harmless(one["source_id"]), detail))
            if rows % LINES_A_PIECE == 0:
                yield out.getvalue().encode()
                out.seek(0)
                out.truncate()
        yield out.getvalue().encode()
