"""Charts of results, as matplotlib axes: one module for each result.

Each module has a function of its own name, which draws a table, and `plot`, which draws the result of a
funnel. Both return the given axes, or those of a new figure; `funnel.charts.drawing.files.save` saves them.
"""
