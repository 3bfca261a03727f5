"""Questions asked of a database: .sql files by name, and the code that asks them."""
