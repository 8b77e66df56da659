"""Measurements, printed as small tables; never timed tests."""
