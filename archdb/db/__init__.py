"""The database: tables, views, and what moves rows in and out of them."""
