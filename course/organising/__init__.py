"""The organiser's rooms: runs, people, deadlines, the cockpit, the outbox."""
