"""Which dataset this is: its identity, its releases, and what parts two of them."""
