"""What words mean: headers and values in fourteen languages, the names of stages, times after the lead."""
