"""What every page shares: base templates, macros, Danish, errors, security headers, static files."""
