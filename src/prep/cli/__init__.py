"""The commands.

The only reader of clock, environment and terminal, and the only maker of exit codes.
"""
