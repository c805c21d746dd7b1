"""From `questions/` to values: parsing, rules, the compiled index, drawn variants."""
