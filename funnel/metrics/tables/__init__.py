"""One module for each result, named as the result."""
