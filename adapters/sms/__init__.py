"""Short messages through a Russian gateway: sms.ru, smsc.ru or SMS Aero."""

from adapters.sms.channel import build
from adapters.sms.settings import SmsSettings
from bot.channels import ChannelSpec

CHANNEL = ChannelSpec(kind="sms", title="SMS", settings=SmsSettings, build=build)
