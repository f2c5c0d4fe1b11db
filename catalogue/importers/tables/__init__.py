"""CSV, tab-separated text and Excel: the inventories that small libraries keep."""

from catalogue.importers.tables.reading import read_table, recognise_table

__all__ = ["read_table", "recognise_table"]
