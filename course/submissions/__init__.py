"""Pages where a participant writes: cases, incident analyses, forms."""
