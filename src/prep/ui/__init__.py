"""From values to what a learner sees; all sentences of the program, in both languages."""
