"""Runs in worker processes only: the one room that may import study libraries."""
