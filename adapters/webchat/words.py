"""What the page itself says, in the reader's language."""

from bot.wording import gettext as _
from bot.wording import in_language


def for_page(language: str, *, library: str, phone: str) -> dict[str, str]:
    """Words of the page as it comes, before any script ran."""
    with in_language(language):
        call = _("Или позвоните нам: {phone}.").format(phone=phone) if phone else _("Или зайдите к нам в библиотеку.")
        return {
            "title": _("Чат: {library}").format(library=library),
            "what_we_are": _("Бот, отвечает сразу"),
            "skip": _("К полю сообщения"),
            "conversation": _("Переписка"),
            "message": _("Сообщение"),
            "placeholder": _("Книга или вопрос"),
            "send": _("Отправить"),
            "photograph": _("Сфотографировать штрих-код книги"),
            "menu": _("Меню"),
            "newer": _("К новым сообщениям"),
            "no_life": _("Чат не запустился: нужен JavaScript и не слишком старый браузер."),
            "call": call,
        }


def for_script(language: str) -> dict[str, str]:
    """Words that the script says when something happens."""
    with in_language(language):
        return {
            "you": _("Вы"),
            "bot": _("Бот"),
            "librarian": _("Библиотекарь"),
            "sending": _("Отправляется…"),
            "photo": _("Фотография"),
            "photoTooLarge": _("Снимок слишком большой: можно до 8 МБ."),
            "noPhoto": _("Это не фотография. Подойдут JPEG, PNG и WebP."),
            "notSent": _("Не отправлено."),
            "sentLater": _("Не отправлено: отправим, когда связь вернётся."),
            "retry": _("Повторить"),
            "refused": _("Сообщение не принято."),
            "tooMany": _("Слишком много сообщений подряд. Подождите немного."),
            "offline": _("Нет связи. Сообщения уйдут, когда она появится."),
            "reconnecting": _("Связь прервалась, соединяемся снова…"),
            "back": _("Связь восстановлена."),
            "typing": _("Ищу ответ…"),
            "slow": _("Ответ ещё готовится: он появится здесь."),
            "over": _("Слишком длинно. Лишних знаков: {count}"),
            "left": _("Осталось знаков: {count}"),
            "readOn": _("Читать дальше"),
            "startAgain": _("Начать заново"),
            "startAgainSure": _("Начать новый разговор? Этот исчезнет с экрана."),
            "yes": _("Да, начать"),
            "no": _("Нет, остаться"),
            "largerText": _("Крупнее текст"),
            "smallerText": _("Мельче текст"),
            "policy": _("О персональных данных"),
            "newWindow": _("откроется в новом окне"),
            "place": _("На карте"),
            "phoneMap": _("В приложении карт"),
            "openStreetMap": _("OpenStreetMap"),
            "yandexMap": _("Яндекс Карты"),
            "today": _("Сегодня"),
            "yesterday": _("Вчера"),
            "picture": _("Картинка"),
            "file": _("Файл"),
            "kilobytes": _("КБ"),
            "megabytes": _("МБ"),
            "close": _("Закрыть чат"),
            "choices": _("Варианты ответа"),
        }
