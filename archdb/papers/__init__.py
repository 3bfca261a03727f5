"""What goes into a paper: tables with their footnotes, and bibliographies."""
