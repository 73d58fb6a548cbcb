"""The meanings of words: headers and values in fifteen languages, stages, times after the lead."""
