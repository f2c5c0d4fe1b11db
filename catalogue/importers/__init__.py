"""Files of bibliographic records in, ``RecordData`` out; see ``recognise``."""

from catalogue.importers.recognise import recognise
from catalogue.importers.source import SourceFile

__all__ = ["SourceFile", "recognise"]
