"""Runs, sessions, memberships, invitations, deadlines and gates."""
