"""What we use of aiogram, and nothing built that we do not use.

While it is imported aiogram builds a model of everything that Telegram may tell, each with all that may stand in it:
five seconds of the processor and 110 MB. What Telegram tells we read ourselves (``parse``), so here only the methods
that we call are built. Whoever wants aiogram's types in the same process imports it before this module.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pydantic import BaseModel


@contextmanager
def _types_unbuilt() -> Iterator[None]:
    build = BaseModel.__dict__["model_rebuild"]

    def built(cls: type[BaseModel], /, **how: Any) -> bool | None:
        return None if cls.__module__.startswith("aiogram.types.") else build.__get__(None, cls)(**how)

    BaseModel.model_rebuild = classmethod(built)  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        BaseModel.model_rebuild = build  # type: ignore[method-assign]


with _types_unbuilt():
    from aiogram import Bot, methods, types
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer
    from aiogram.exceptions import AiogramError
    from aiogram.methods import TelegramMethod
    from aiogram.types import BufferedInputFile

__all__ = [
    "METHODS",
    "AiogramError",
    "AiohttpSession",
    "Bot",
    "BufferedInputFile",
    "TelegramAPIServer",
    "TelegramMethod",
    "types",
]

METHODS: dict[str, type[TelegramMethod[Any]]] = {
    method.__api_method__: method
    for method in (
        methods.AnswerCallbackQuery,
        methods.DeleteWebhook,
        methods.GetFile,
        methods.GetMe,
        methods.GetUpdates,
        methods.GetWebhookInfo,
        methods.SendDocument,
        methods.SendMessage,
        methods.SendPhoto,
        methods.SendVenue,
        methods.SetMyCommands,
        methods.SetWebhook,
    )
}
for method in METHODS.values():
    method.model_rebuild(_types_namespace=vars(types))
