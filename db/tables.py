"""Every module of models, so that the metadata knows all tables: a new module of models is named here."""

from db import models, models_accounts
from db.base import Base

MODULES = (models, models_accounts)
METADATA = Base.metadata
