"""The data-only messages between supervisor, judge and workers."""
