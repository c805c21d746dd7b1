"""Exercises as authors write them, read into values."""
