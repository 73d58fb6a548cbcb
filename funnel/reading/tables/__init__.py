"""The table in a tab: its headers and rows, and the evidence of each column."""
