"""The version of archdb, in one place: of the package, of the files that it makes."""

__version__ = "0.1.0"
