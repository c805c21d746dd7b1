"""The trusted process: pytest on checks.py. It never holds a solution or a study library."""
