"""Gateways: each speaks its own HTTP and says the same things (:class:`adapters.sms.gateways.port.Gateway`)."""
