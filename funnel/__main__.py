"""`python -m funnel`: the command line, wherever its script is or is not on the path."""

from funnel.cli import main

if __name__ == "__main__":
    main(prog_name="funnel")
