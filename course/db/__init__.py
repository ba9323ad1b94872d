"""The database: engine, declarative base, column types, the request's session, audit log and migrations."""
