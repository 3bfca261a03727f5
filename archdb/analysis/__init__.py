"""What follows from one network: its trace, costs, receptive field, totals."""
