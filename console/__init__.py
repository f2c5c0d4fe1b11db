"""The librarians' console: pages for those who answer readers and teach the bot."""
