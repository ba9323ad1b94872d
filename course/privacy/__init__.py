"""What a person can ask for about themselves, and forgetting: taking out, leaving, purging, erasing."""
