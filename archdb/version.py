"""The version of archdb, in one place: of the package, of the files that it makes."""

__version__ = "0.1.0"

#: Where archdb is to be found. A PLACEHOLDER until it has a public address, to be replaced here, in
#: pyproject.toml and in CITATION.cff: a test holds these equal. BibTeX of archdb names it.
REPOSITORY = "https://example.org/archdb"
