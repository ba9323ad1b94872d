"""Graded practice: attempts, and one folder an exercise kind."""
