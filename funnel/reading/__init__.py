"""Grid -> which row holds the headers, which column is what, and the journey that follows."""
