"""Lists of readers and of loans: CSV, Excel, and the text export of IRBIS's base of readers (RDR)."""

from catalogue.lists.recognising import ListFile, recognise_list

__all__ = ["ListFile", "recognise_list"]
