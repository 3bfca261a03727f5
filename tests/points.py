"""What a file with points of a search space holds: of the fixtures `filled` and `file`."""

#: So many of nasbench201, beside a few networks of the catalogue.
POINTS = 12
#: The views of what is listed.
LISTED = ("layer_summary", "op_summary", "block_summary", "resolution_summary", "convention_total")
#: All that is shown of points, but for the totals of their space.
SHOWN = (*LISTED, "architecture_summary", "space_point")
