"""What the page of phones says itself."""

from bot.wording import gettext as _
from bot.wording import in_language

LANGUAGES = ("ru", "en")


def for_page(language: str, *, library: str) -> dict[str, str]:
    """Words of the page as it comes."""
    with in_language(language):
        return {
            "title": _("Все мессенджеры: {library}").format(library=library),
            "heading": _("Бот во всех мессенджерах сразу"),
            "lead": _("Мессенджеры здесь ненастоящие, они на этом компьютере; бот говорит с ними как с настоящими."),
            "messengers": _("Мессенджеры"),
            "no_life": _("Странице нужен JavaScript."),
        }


def for_script(language: str) -> dict[str, str]:
    """Words that the script says."""
    with in_language(language):
        return {
            "chat": _("Чат на сайте"),
            "log": _("Переписка: {messenger}"),
            "message": _("Сообщение: {messenger}"),
            "placeholder": _("Книга или вопрос"),
            "send": _("Отправить"),
            "more": _("Ещё"),
            "start": _("Начать"),
            "contact": _("Поделиться номером"),
            "photo": _("Послать фото"),
            "sample": _("Послать снимок штрих-кода"),
            "sticker": _("Послать стикер"),
            "voice": _("Послать голосовое"),
            "edit": _("Исправить последнее"),
            "editing": _("Новые слова вместо последнего сообщения"),
            "remove": _("Удалить последнее"),
            "trouble": _("Связь с мессенджером"),
            "calm": _("в порядке"),
            "slow": _("медленная"),
            "flood": _("«слишком часто» (429)"),
            "broken": _("ошибка 502"),
            "down": _("нет связи"),
            "you": _("Вы"),
            "bot": _("Бот"),
            "edited": _("исправлено"),
            "removed": _("Сообщение удалено"),
            "sent": _("принято мессенджером"),
            "delivered": _("доставлено"),
            "read": _("прочитано"),
            "failed": _("не доставлено"),
            "queue": _("Ждут отправки: {count}"),
            "attempts": _("попыток: {count}"),
            "next": _("следующая через {seconds} с"),
            "givenUp": _("Не отправлено: {reason}"),
            "stickerPiece": _("Стикер"),
            "voicePiece": _("Голосовое сообщение"),
            "contactPiece": _("Мой номер:"),
            "place": _("На карте: {latitude}, {longitude}"),
            "picture": _("Картинка"),
            "document": _("Файл: {name}"),
            "newWindow": _("откроется в новом окне"),
            "cannot": _("Здесь так нельзя."),
            "tooLarge": _("Снимок слишком большой: можно до 8 МБ."),
            "faults": _("Нарушений правил мессенджера: {count}"),
            "lost": _("Демонстрация остановлена: запустите её снова и обновите страницу."),
        }
