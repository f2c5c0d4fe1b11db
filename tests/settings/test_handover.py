"""The handover: block and staff_chat: what a library may say, what is refused with the place of the fault."""

from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from bot.app.answering import at_once, handler_table
from bot.app.channels import build_channel
from bot.app.unasked import staff_chats
from bot.channels import Channel
from bot.errors import ConfigError
from bot.settings import DEFAULT_INTENTS, Settings, load


def loaded(folder: Path, text: str) -> Settings:
    file = folder / "config.yaml"
    file.write_text(text, "utf-8")
    return load(file, {})[0]


def test_the_usual_rules_call_nobody_unasked_and_alert_after_a_quarter_of_an_hour(tmp_path: Path) -> None:
    handover = loaded(tmp_path, "library: {}\n").handover

    assert (handover.at_once, handover.ask_if_helped) == ((), True)
    assert (handover.alert_after, handover.alert_again) == (timedelta(minutes=15), timedelta(hours=1))
    assert loaded(tmp_path, "handover: {alert_minutes: 0}\n").handover.alert_after is None


@pytest.mark.parametrize("name", ["review.complaint", "trouble", "hours", "our.own"])
def test_topics_intents_and_the_librarys_own_topics_may_go_to_a_person(tmp_path: Path, name: str) -> None:
    settings = loaded(tmp_path, f"handover: {{at_once: [{name}]}}\nfaq: [{{topic: our.own, answer: Да}}]\n")

    assert at_once(settings, handler_table(settings)) == {name}


def test_what_nobody_ever_means_is_refused(tmp_path: Path) -> None:
    settings = loaded(tmp_path, "handover: {at_once: [complaint]}\n")

    with pytest.raises(ConfigError, match=r"handover\.at_once: 'complaint'"):
        at_once(settings, handler_table(settings))


@pytest.mark.parametrize(
    ("block", "where"),
    [
        ("{alert_minutes: -1}", "handover.alert_minutes"),
        ("{alert_again_minutes: 1}", "handover.alert_again_minutes"),
        ("{alert_after: 5}", "handover.alert_after"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(tmp_path: Path, block: str, where: str) -> None:
    with pytest.raises(ConfigError, match=where):
        loaded(tmp_path, f"handover: {block}\n")


def test_any_channel_may_have_a_chat_of_the_staff(tmp_path: Path) -> None:
    settings = loaded(
        tmp_path,
        """
channels:
  webchat: {}
  vk: {token: t, group_id: 1, staff_chat: 2000000001}
  sms: {provider: smsru, key: k, sender: Library, staff_chat: "+79990000001"}
""",
    )
    channels = {name: cast("Channel", None) for name in settings.channels}

    assert staff_chats(settings, channels) == {"vk": "2000000001", "sms": "+79990000001"}
    assert build_channel("sms", settings) is not None, "a word of the core is none of the channel's options"


def test_ratings_are_heard_where_the_list_of_intents_is_the_usual_one() -> None:
    assert "satisfaction" in DEFAULT_INTENTS
