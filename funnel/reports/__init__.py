"""Follow-up lists, calendars and the weekly text: results in a form that people take away."""
