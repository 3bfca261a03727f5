"""Files that networks and figures are read from."""
