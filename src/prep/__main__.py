"""`python -m prep`."""

from prep.cli.main import run

run()
