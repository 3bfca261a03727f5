"""What a network is: layers, shapes, windows and attributes; no arithmetic over networks."""
