"""Bibliographic records: importers, works, the search index."""
