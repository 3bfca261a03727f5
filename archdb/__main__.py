"""`python -m archdb` is the command `archdb`."""

from archdb.cli import main

main(prog_name="archdb")
