"""The store: SQLAlchemy models and the ports in SQL."""
