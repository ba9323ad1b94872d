"""Questions whose every option explains itself."""
