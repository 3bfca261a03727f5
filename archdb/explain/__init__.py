"""Where a figure comes from, as a person would work it out on paper."""
