"""SQLite: the newest there is. Releases before 3.51.3 can damage a database in WAL mode when two processes write."""

try:
    from pysqlite3 import dbapi2 as sqlite3
except ImportError:  # no wheel for this machine: the one that Python was built with
    import sqlite3

__all__ = ["sqlite3"]
