"""What keeps the project true: generated pages, checks of documents. No part of the service."""
