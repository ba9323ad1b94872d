"""Vejen Frem Kursus: a Danish course platform for general practitioners and workplaces."""
