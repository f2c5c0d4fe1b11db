"""«Привяжи билет»: consent first, then proof, then what the reader came for; and «отвяжи билет»."""

from collections.abc import Mapping
from datetime import date

from bot.accounts import Account, Accounts, Cardholder, Linking, LinkState, Proof
from bot.language.folding import words
from bot.language.yes_or_no import Said, answer, tones
from bot.library.typed import LEAST_OF_A_CARD, birth_date, card_number, digits_of, one_time_code
from bot.messages import Button, SharedPhone, Text, link
from bot.ports.library import Library
from bot.ports.understanding import Request
from bot.routing import Answer, Expects, Router, Turn, expects, intent, pressed, sent
from bot.wording import SOURCE_LANGUAGE, current_language, day_and_year, in_figures, listed
from bot.wording import gettext as _
from bot.wording.opening import moment_words
from bot.wording.reaching import phone_line
from handlers import Row, desk, desk_phone, find_button, in_lines, librarian_button, loans_button, menu
from handlers.account import called, instead, personal, saying, wish_before

router = Router("link_card", personal=True)

CONSENT, CODE, CARD, SECRET = "link.consent?", "link.code", "link.card", "link.secret"
"""What the dialogue waits for."""
LONGEST_CONSENT = 5
"""Words of a yes or no; more is a story with «не» in it, or a wish of its own."""
VERSION_LETTERS = 24
"""Of a consent text's digest: what a button carries of it, and the dialogue for an answer in words."""
_CARD_SAID, _MAY_BE_A_CODE = "card", "maybe_code"
"""In the dialogue's data: the card's number that was said, and that it was said where a code was asked for."""
_SHOWN, _ONLY_NO = "shown", frozenset([Said.NO])
_REFUSED_FIRST = frozenset(["нет", "no", "отказываюсь", "отказ", "refuse", "disagree", "несогласен", "несогласна"])
_LOST = frozenset(
    [
        "где",
        "нет",
        "какой",
        "какая",
        "какую",
        "код",
        "кода",
        "коду",
        "откуда",
        "как",
        "взять",
        "получить",
        "знаю",
        "помню",
        "потерял",
        "потеряла",
        "where",
        "how",
        "what",
        "lost",
        "билет",
        "билета",
        "номер",
        "карта",
        "карты",
    ]
)
"""A reader who does not know what to write."""
_OF_A_CARD = ("билет", "читат", "карт", "мо", "номер", "n", "это", "card", "library", "my", "is")
Wish = Mapping[str, object]


# --- beginning, and consent ----------------------------------------------------------------------


@router.on(intent("link_card"), pressed("link"))
async def begin(turn: Turn, library: Library) -> Answer:
    """Ask for what is missing: consent, then a proof."""
    return await _begun(turn, library)


async def _begun(turn: Turn, library: Library) -> Answer:
    accounts = library.accounts
    if accounts is None:
        return await instead(turn, library, _("Билеты я здесь пока не привязываю. С этим поможет библиотекарь."), "")
    wish = _without_card(_wish(turn)) if turn.request.intent else _wish(turn)  # who says it anew begins anew
    account = await accounts.behind(turn.contact)
    if _by_card(accounts) and (number := _number_said(turn)):
        wish = {**wish, _CARD_SAID: number}
    if turn.argument == "where":
        return await _where(turn, library, wish)
    if not account.consent:
        return _ask_consent(accounts, turn, wish, " ".join(filter(None, (_what_for(wish), _why_anew(account)))))
    if (turn.argument == "card" or _means_the_number(turn.text)) and _by_card(accounts):
        return _ask_card(_without_card(wish))
    if account.suspended and not account.holders and turn.argument != "other":
        return await _gone(turn, library)
    said_outright = turn.request.intent == "link_card" and not turn.request.slots.get("then") and _CARD_SAID not in wish
    code = one_time_code(turn.text) if said_outright else ""
    return await _by_code(turn, library, accounts, code, wish) if code else _ask_proof(accounts, account, wish)


async def _gone(turn: Turn, library: Library) -> Answer:
    """The linked card is in the library's lists no more: only the desk can tell why."""
    said = _(
        "Вашего билета больше нет в списках библиотеки, поэтому книги на нём я не показываю. Подойдите с билетом к "
        "библиотекарю: когда билет вернут в список, всё появится снова."
    )
    phone = await desk_phone(turn, library)
    rows: tuple[Row, ...] = ((librarian_button(), find_button()), (Button(_("Привязать другой билет"), "link:other"),))
    return saying(in_lines(said, phone), buttons=rows)


def _wish(turn: Turn) -> Wish:
    """What the reader came for, to go on with once the card is linked."""
    if wish_before(turn.request.slots, ""):
        slots = {name: value for name, value in turn.request.slots.items() if name.startswith("then")}
        return {"slots": slots, "rest": turn.request.rest}
    return {name: turn.data[name] for name in ("slots", "rest", _CARD_SAID) if name in turn.data}


def _number_said(turn: Turn) -> str:
    """The number of a card that came with the wish: «мой билет 1000001», or behind a button; "" where none did."""
    if turn.argument.startswith("no."):
        return card_number(turn.argument.removeprefix("no."))
    said = turn.content.text if isinstance(turn.content, Text) else ""
    is_code = turn.request.intent == "link_card" and not turn.request.slots.get("then") and not _names_a_card(said)
    number = card_number(said)
    if is_code or len(digits_of(number)) < LEAST_OF_A_CARD:
        return ""
    return number if any(word.startswith(("билет", "карт", "card")) for word in words(said)) else ""


def _names_a_card(said: str) -> bool:
    """«Мой билет 0012345»: nothing but a card and its number, which is no code."""
    return all(word.startswith(_OF_A_CARD) for word in words(said) if word.isalpha())


def _what_for(wish: Wish) -> str:
    """Why a card is asked about, "" where the reader asked to link one."""
    wanted = _then(wish)
    return {
        "my_loans": _("Чтобы показать ваши книги, мне нужен ваш билет."),
        "renew": _("Чтобы продлить книги, мне нужен ваш билет."),
        "hold": _("Для броней мне нужен ваш билет."),
        "my_card": _("Чтобы показать ваш билет, его надо привязать к этому чату."),
        "reminders": _("Чтобы напоминать о сроках, мне нужен ваш билет."),
    }.get(wanted.intent if wanted else "", "")


def _why_anew(account: Account) -> str:
    """What is said before the consent to whoever has agreed already, to words that have changed since."""
    return _("Вы уже соглашались, но текст согласия изменился. Вот новый:") if account.former_consent else ""


def _ask_consent(accounts: Accounts, turn: Turn, wish: Wish, before: str = "") -> Answer:
    text = accounts.consent_text(turn.language)
    more = ("\n", link(_("Прочитать полностью"), text.url)) if text.url.startswith(("http://", "https://")) else ()
    version = text.version[:VERSION_LETTERS]
    rows: tuple[Row, ...] = ((Button(_("Согласен"), f"agree:{version}"), Button(_("Не согласен"), "disagree")),)
    said = personal(f"{before}\n" if before else "", text.text, *more, buttons=rows)
    return Answer(replies=(said,), expects=Expects(key=CONSENT, data={**wish, _SHOWN: version}))


@router.on(expects(CONSENT))
async def consent_in_words(turn: Turn, library: Library) -> Answer:
    """«Не против», «не согласна»; what may be either is asked again, any other wish ends the dialogue."""
    said = words(turn.text)
    if said and all(word.isdigit() for word in said):  # a card's number or a PIN comes before its time
        return await _number_too_soon(turn, library)
    meant, heard = answer(said), tones(said)
    is_short = len(said) <= LONGEST_CONSENT
    if meant is Said.YES and is_short:
        return await _agreed_to(turn, library, str(turn.data.get(_SHOWN, "")))
    if meant is Said.NO or (said and said[0] in _REFUSED_FIRST and meant is None) or (is_short and heard == _ONLY_NO):
        return _refused()
    if meant is not None or (is_short and heard):
        return await _unclear(turn, library)
    return Answer(replies=(), go_on=(turn.request,))


async def _number_too_soon(turn: Turn, library: Library) -> Answer:
    accounts, number, wish = library.accounts, card_number(turn.text), _wish(turn)
    if accounts is None:
        return await _begun(turn, library)
    if _by_card(accounts) and len(digits_of(number)) >= LEAST_OF_A_CARD:
        wish = {**wish, _CARD_SAID: number}
    return _ask_consent(accounts, turn, wish, _("Сначала ответьте, пожалуйста, согласны ли вы."))


async def _unclear(turn: Turn, library: Library) -> Answer:
    accounts = library.accounts
    if accounts is None:
        return await _begun(turn, library)
    return _ask_consent(accounts, turn, _wish(turn), _("Не понял, да или нет. Пока ничего личного не сохраняю."))


@router.on(pressed("agree"))
async def agree(turn: Turn, library: Library) -> Answer:
    """Keep the consent to the very text that was shown."""
    return await _agreed_to(turn, library, turn.argument)


async def _agreed_to(turn: Turn, library: Library, shown: str) -> Answer:
    accounts = library.accounts
    if accounts is None:
        return await _begun(turn, library)
    if accounts.consent_text(turn.language).version[:VERSION_LETTERS] != shown:
        return _ask_consent(accounts, turn, _wish(turn), _("Текст согласия с тех пор изменился. Вот новый:"))
    await accounts.agree(turn.contact, accounts.consent_text(turn.language).version, turn.key)
    return _ask_proof(accounts, await accounts.behind(turn.contact), _wish(turn))


@router.on(pressed("disagree"))
async def refuse(turn: Turn, library: Library) -> Answer:
    """No consent: nothing is kept, and all that is public goes on."""
    del turn, library
    return _refused()


def _refused() -> Answer:
    said = _("Хорошо, ничего личного не сохраняю. Найти книгу, часы работы и правила подскажу и так.")
    return saying(said, buttons=menu())


# --- proof ---------------------------------------------------------------------------------------


def _by_card(accounts: Accounts) -> bool:
    return bool({Proof.PIN, Proof.BIRTH_DATE} & set(accounts.proofs()))


def _means_the_number(text: str) -> bool:
    """«По номеру билета», «не тот номер»: the number itself is to come."""
    said = words(text)
    is_told = any(word.isdigit() for word in said)
    return not is_told and len(said) <= LONGEST_CONSENT and any(word.startswith("номер") for word in said)


def _without_card(wish: Wish) -> Wish:
    return {name: value for name, value in wish.items() if name != _CARD_SAID}


def _ask_proof(accounts: Accounts, account: Account, wish: Wish, before: str = "") -> Answer:
    if not before and wish.get(_CARD_SAID) and _by_card(accounts):
        return _ask_for_secret(accounts, wish, str(wish[_CARD_SAID]))
    said = before or " ".join(
        line
        for line in (
            _what_for(wish),
            _("Пришлите одноразовый код. Его даёт библиотекарь, когда вы показываете билет."),
        )
        if line
    )
    if account.holders and not before:
        said = _("Билет уже привязан: {whose}.").format(whose=listed([called(one) for one in account.holders]))
        said += "\n" + _("Чтобы добавить ещё один, например ребёнка, пришлите одноразовый код.")
    rows: list[Row] = [(Button(_("Где взять код?"), "link:where"),)]
    if Proof.PHONE in accounts.proofs():
        rows.append((Button(_("Показать мой номер телефона"), "link:phone", asks_phone=True),))
    if _by_card(accounts):
        rows.append((Button(_("По номеру билета"), "link:card"),))
    rows.append((Button(_("Отмена"), "cancel"),))
    return Answer(replies=(personal(said, buttons=rows),), expects=Expects(key=CODE, data={**wish, "linking": True}))


async def _where(turn: Turn, library: Library, wish: Wish) -> Answer:
    """How one gets a code."""
    phone = await desk_phone(turn, library)
    said = _(
        "Подойдите в любую нашу библиотеку с билетом и скажите: «Нужен код для бота». Библиотекарь назовёт несколько "
        "цифр, напишите их сюда. Код действует недолго и только один раз."
    )
    buttons: tuple[Row, ...] = ((librarian_button(), Button(_("Отмена"), "cancel")),)
    reply = personal(in_lines(said, phone), buttons=buttons)
    return Answer(replies=(reply,), expects=Expects(key=CODE, data={**wish, "linking": True}))


@router.on(expects(CODE))
async def code_in_words(turn: Turn, library: Library) -> Answer:
    """The code; a question about it; or another wish, which is answered."""
    accounts = library.accounts
    if accounts is None:
        return await _begun(turn, library)
    code = one_time_code(turn.text)
    number = card_number(turn.text) if _by_card(accounts) else ""
    if code:
        return await _by_code(turn, library, accounts, code, _wish(turn), number)
    if _LOST & set(words(turn.text)):
        return await _where(turn, library, _wish(turn))
    return Answer(replies=(), go_on=(turn.request,))


async def _by_code(turn: Turn, library: Library, accounts: Accounts, code: str, wish: Wish, number: str = "") -> Answer:
    """Link by the code; what is none may be the ``number`` of a card, whose second proof is then asked for."""
    outcome = await accounts.link_by_code(turn.contact, code, turn.key)
    if outcome.state is LinkState.WRONG and number:
        said = _("Не подошло. Если это номер билета, пришлите теперь и {secret}. Если код, пришлите его ещё раз.")
        before = said.format(secret=_secret_words(accounts))
        return _ask_for_secret(accounts, {**wish, _MAY_BE_A_CODE: True}, number, before)
    return await _told(turn, library, accounts, outcome, wish)


def _ask_card(wish: Wish, before: str = "") -> Answer:
    said = before or _("Напишите номер читательского билета, как он стоит на билете.")
    reply = personal(said, buttons=((Button(_("Отмена"), "cancel"),),))
    return Answer(replies=(reply,), expects=Expects(key=CARD, data={**wish, "linking": True}))


@router.on(expects(CARD))
async def card_in_words(turn: Turn, library: Library) -> Answer:
    """The card's number; the second proof is asked next."""
    accounts = library.accounts
    number = card_number(turn.text)
    if accounts is None or not _by_card(accounts):
        return await _begun(turn, library)
    if not number:
        if _LOST & set(words(turn.text)):
            return _ask_card(
                _wish(turn), _("Номер стоит на самом билете: цифры, иногда с буквами. Перепишите их сюда.")
            )
        return Answer(replies=(), go_on=(turn.request,))
    return _ask_for_secret(accounts, _wish(turn), number)


def _ask_for_secret(accounts: Accounts, wish: Wish, number: str, before: str = "") -> Answer:
    rows: tuple[Row, ...] = ((Button(_("Отмена"), "cancel"),),)
    if before:
        ways = Button(_("Исправить номер"), "link:card"), Button(_("Где взять код?"), "link:where")
        rows = (ways, *rows)
    data = {**wish, "linking": True, _CARD_SAID: number}
    said = personal(before or _ask_secret(accounts), buttons=rows)
    return Answer(replies=(said,), expects=Expects(key=SECRET, data=data), secret=True)


def _secret_words(accounts: Accounts) -> str:
    """What proves a card beside its number, as it is called in a sentence."""
    ways = set(accounts.proofs())
    if {Proof.PIN, Proof.BIRTH_DATE} <= ways:
        return _("PIN-код или дату рождения")
    return _("PIN-код") if Proof.PIN in ways else _("дату рождения")


def _ask_secret(accounts: Accounts) -> str:
    ways = set(accounts.proofs())
    if {Proof.PIN, Proof.BIRTH_DATE} <= ways:
        return _("Теперь PIN-код или дата рождения, например {example}. Я их не сохраняю.").format(example=_example())
    if Proof.PIN in ways:
        return _("Теперь PIN-код билета. Я его не сохраняю.")
    return _("Теперь дата рождения, например {example}. Я её не сохраняю.").format(example=_example())


def _example() -> str:
    """A date as the reader may write it: in English with the month in letters, which every country reads alike."""
    born = date(1990, 3, 5)
    return in_figures(born) if current_language() == SOURCE_LANGUAGE else day_and_year(born)


@router.on(expects(SECRET))
async def secret_in_words(turn: Turn, library: Library) -> Answer:
    """PIN or date of birth: passed on, kept nowhere."""
    accounts, number = library.accounts, str(turn.data.get(_CARD_SAID, ""))
    if accounts is None or not number:
        return await _begun(turn, library)
    if _means_the_number(turn.text):
        return _ask_card(_without_card(_wish(turn)))
    if not any(sign.isdigit() for sign in turn.text):
        return Answer(replies=(), go_on=(turn.request,))
    code = one_time_code(turn.text)
    if turn.data.get(_MAY_BE_A_CODE) and len(code) == len(number):  # as long as the one before: that was no card
        return await _by_code(turn, library, accounts, code, _without_card(_wish(turn)), card_number(turn.text))
    born = birth_date(turn.text) if Proof.BIRTH_DATE in accounts.proofs() else None
    secret = born.isoformat() if born else one_time_code(turn.text) or turn.text.strip()
    outcome = await accounts.link_by_card(turn.contact, number, secret, turn.key)
    if outcome.state is LinkState.WRONG and turn.data.get(_MAY_BE_A_CODE) and code:
        by_code = await accounts.link_by_code(turn.contact, code, f"{turn.key}.code")
        outcome = outcome if by_code.state is LinkState.WRONG else by_code
    if outcome.state is LinkState.WRONG:
        said = _("Не подошло: билет {number}. Проверьте номер и пришлите {secret} ещё раз, или исправьте номер.")
        if born is None and (other := _another_card(turn.text, number)):
            said, number = _("Не подошло. Если это исправленный номер билета, пришлите теперь и {secret}."), other
        before = said.format(number=number, secret=_secret_words(accounts))
        return _ask_for_secret(accounts, _wish(turn), number, before)
    return await _told(turn, library, accounts, outcome, _wish(turn))


def _another_card(text: str, number: str) -> str:
    """The number of a card typed where its proof was asked for: as long as the one before, and another."""
    other = card_number(text)
    is_card = len(digits_of(other)) >= LEAST_OF_A_CARD and len(other) == len(number) and other != number
    return other if is_card else ""


@router.on(sent("phone"))
async def phone(turn: Turn, library: Library) -> Answer:
    """A number that the messenger vouches for; anybody else's proves nothing."""
    accounts, shared = library.accounts, turn.content
    if accounts is None or not isinstance(shared, SharedPhone) or Proof.PHONE not in accounts.proofs():
        return saying(_("Спасибо, номер телефона мне не нужен. Напишите, что вас интересует."), buttons=menu())
    account, wish = await accounts.behind(turn.contact), _wish(turn)
    if not account.consent:
        return _ask_consent(accounts, turn, wish, _why_anew(account))
    if not shared.verified:
        said = _("Это чужой номер или номер без подтверждения. Нажмите кнопку «Показать мой номер телефона».")
        return _ask_proof(accounts, account, wish, said)
    outcome = await accounts.link_by_phone(turn.contact, shared.number, turn.key)
    return await _told(turn, library, accounts, outcome, wish)


# --- what came of it -----------------------------------------------------------------------------


async def _told(turn: Turn, library: Library, accounts: Accounts, outcome: Linking, wish: Wish) -> Answer:
    match outcome.state:
        case LinkState.LINKED | LinkState.ALREADY:
            return _linked(outcome, wish)
        case LinkState.NO_CONSENT:
            return _ask_consent(accounts, turn, wish, _why_anew(await accounts.behind(turn.contact)))
        case LinkState.LOCKED:
            return await _locked(turn, library, outcome)
        case LinkState.OFF:
            said = _("Так билет у нас не привязывают. Пришлите одноразовый код: его даёт библиотекарь.")
        case _:
            said = _(
                "Не подошло. Проверьте, всё ли переписано верно, и пришлите ещё раз. Код действует недолго и только "
                "один раз: новый даст библиотекарь."
            )
    answer = _ask_proof(accounts, Account(), wish, said)
    return Answer(replies=answer.replies, expects=answer.expects, secret=True)


def _linked(outcome: Linking, wish: Wish) -> Answer:
    holder = outcome.holder
    then = _then(wish)
    if outcome.state is LinkState.ALREADY:
        said = _("Этот билет уже привязан к этому чату.")
    elif holder is not None and holder.child:
        said = _("Готово, детский билет привязан: {name}.").format(name=called(holder))
    elif holder is not None and holder.given_name:
        said = _("{name}, готово: билет привязан.").format(name=holder.given_name)
    else:
        said = _("Готово, билет привязан.")
    if then is None:
        said += "\n" + _("Теперь здесь видно ваши книги, их можно продлить. Если передумаете, напишите: отвяжи билет.")
    buttons: tuple[Row, ...] = () if then else ((loans_button(), Button(_("Напоминания"), "reminders")),)
    return Answer(replies=(personal(said, buttons=buttons),), go_on=(then,) if then else (), secret=True)


def _then(wish: Wish) -> Request | None:
    slots = wish.get("slots")
    if not isinstance(slots, Mapping):
        return None
    return wish_before({str(name): str(value) for name, value in slots.items()}, str(wish.get("rest", "")))


async def _locked(turn: Turn, library: Library, outcome: Linking) -> Answer:
    branch = await desk(library)
    said = _("Слишком много попыток подряд.")
    if outcome.until is not None and branch is not None:
        when = moment_words(outcome.until, turn.now, branch.zone)
        said += " " + _("Снова можно попробовать {moment}.").format(moment=when)
    else:
        said += " " + _("Попробуйте позже.")
    said += " " + _("Или подойдите с билетом в библиотеку: там помогут сразу.")
    phone = phone_line(branch, turn.now, library.holidays)
    return Answer(
        replies=(personal(in_lines(said, phone), buttons=((find_button(), librarian_button()),)),), secret=True
    )


# --- unlinking -----------------------------------------------------------------------------------


@router.on(intent("unlink_card"), pressed("unlink"))
async def unlink(turn: Turn, library: Library) -> Answer:
    """One card at once; of several the reader says which."""
    accounts = library.accounts
    account = await accounts.behind(turn.contact) if accounts else Account()
    if accounts is None or not (account.holders or account.suspended):
        return saying(_("К этому чату билет не привязан."), buttons=menu())
    chosen = _chosen(turn, account)
    if chosen is None and len(account.holders) > 1 and turn.argument != "all":
        rows: list[Row] = [(Button(called(one), f"unlink:{one.patron_id}"),) for one in account.holders]
        rows.append((Button(_("Все"), "unlink:all"), Button(_("Отмена"), "cancel")))
        return saying(_("Чей билет отвязать?"), buttons=rows)
    await accounts.unlink(turn.contact, chosen.patron_id if chosen else None, turn.key)
    said = _("Билет отвязан.")
    if chosen is not None and chosen.child:
        said = _("Билет отвязан: {name}.").format(name=called(chosen))
    if chosen is None or len(account.holders) == 1:
        said += " " + _("Книг и напоминаний здесь больше не будет. Вернуть можно словами: привяжи билет.")
    return saying(said, buttons=((find_button(), Button(_("Привязать билет"), "link")),))


def _chosen(turn: Turn, account: Account) -> Cardholder | None:
    """Whose card was named, by a button or by a child's first name."""
    said = set(words(turn.text))
    for holder in account.holders:
        if turn.argument == str(holder.patron_id) or (holder.child and set(words(holder.given_name)) & said):
            return holder
    return None
