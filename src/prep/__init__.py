"""Interview preparation for AI and large-model engineers, in the terminal."""

__version__ = "0.1.0"
