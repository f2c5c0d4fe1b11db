"""The composition root: with the command line the only place where the rooms meet."""
