"""The dataset as a directory: SQLite, CSV and Parquet, and what describes and cites them."""
