"""A Result for eyes: tables, papers, drawings, charts."""
