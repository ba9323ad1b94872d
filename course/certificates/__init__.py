"""Certificates: issued, shown, checked, revoked."""
