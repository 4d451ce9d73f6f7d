"""The tests: an invented world loaded through `load()`, on both engines."""
