"""The totals block under the columns of the steps."""
