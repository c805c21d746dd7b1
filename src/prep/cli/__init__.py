"""The commands: the only reader of clock, environment and terminal, the only maker of exit codes."""
