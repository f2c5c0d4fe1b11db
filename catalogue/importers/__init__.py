"""Files of bibliographic records in, ``RecordData`` out; see ``recognise``."""

from catalogue.importers.foreign import ForeignFile
from catalogue.importers.recognise import recognise
from catalogue.importers.source import SourceFile

__all__ = ["ForeignFile", "SourceFile", "recognise"]
