"""Groups of members who work together in a session: made by rule, changed by hand, made anew."""
