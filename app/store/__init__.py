"""The store: what is written, found and proved, knowing nothing of HTTP."""
