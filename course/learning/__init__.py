"""What a participant reads and sees: the path, module pages, progress, calendar."""
