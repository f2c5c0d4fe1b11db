"""One module an intent."""
