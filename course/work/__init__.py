"""The spine: everything a person writes is a work with revisions, and every change of state happens here."""
