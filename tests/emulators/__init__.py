"""Loopback servers that speak a messenger's HTTP as strictly as it does."""
