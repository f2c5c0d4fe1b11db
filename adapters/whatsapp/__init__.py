"""WhatsApp through Meta's Cloud API: webhooks in, the Graph API out."""

from adapters.whatsapp.channel import WhatsApp
from adapters.whatsapp.settings import WhatsAppSettings
from bot.channels import ChannelSpec

CHANNEL = ChannelSpec(kind="whatsapp", title="WhatsApp", settings=WhatsAppSettings, build=WhatsApp, foreign=True)
