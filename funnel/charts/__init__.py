"""Results -> matplotlib axes: a module for each chart, named as what it draws.

Each has a function of that name, which draws a table, and `plot`, which draws the result of a funnel. Both
take axes or make a figure, and return the axes; `funnel.charts.drawing.files.save` writes them to a file.
"""
