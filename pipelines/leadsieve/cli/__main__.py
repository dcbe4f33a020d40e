"""`python -m leadsieve.cli`: the command line where its script is not on the path."""

from leadsieve.cli import main

main()
