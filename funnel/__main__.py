"""`python -m funnel`: the command line, even if its script is not on the path."""

from funnel.cli import main

if __name__ == "__main__":
    main(prog_name="funnel")
