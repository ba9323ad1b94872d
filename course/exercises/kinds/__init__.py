"""One folder an exercise kind: its form, its scoring."""
