"""How mathematics is written and read: text, expressions, domains, and how they are shown."""
