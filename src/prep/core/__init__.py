"""Pure rules: judge an answer, schedule, choose the next item, statistics."""
