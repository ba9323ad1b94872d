"""The demo: a throw-away instance with invented people, runs and cases, ready to click."""
