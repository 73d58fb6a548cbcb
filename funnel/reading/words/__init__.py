"""The meanings of words: headers and values in fourteen languages, stages, times after the lead."""
