"""Backup, restore and examination of an installation."""
