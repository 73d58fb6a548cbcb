"""Complete operations from a sheet to a result or back, one module for each verb."""
