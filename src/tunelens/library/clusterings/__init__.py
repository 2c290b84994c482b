"""Runs of clustering that the library keeps: their clusters, their members, and where new tracks belong."""
