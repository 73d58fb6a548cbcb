"""The table in a tab: its headers and rows, and what the cells of each column show."""
