"""The service is killed at random points, and nothing that was acknowledged is lost."""
