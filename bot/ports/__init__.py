"""What the core asks of the rooms around it, a module a subject; ``bot.app`` fills each port."""
