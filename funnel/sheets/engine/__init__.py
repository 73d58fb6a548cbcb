"""Tables of an engine: Parquet files and folders, DuckDB, Spark. Their rows are never all in memory.

Definition: docs/definitions.md#tables-of-an-engine.
"""
