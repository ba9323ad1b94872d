"""Content: files of Markdown and YAML become an immutable, typed catalogue."""
