"""Start judge and workers, watch them, and turn what they say into a report."""
