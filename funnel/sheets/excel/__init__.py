"""Excel workbooks: read by our own streamed parser, changed by patching the package in place."""
