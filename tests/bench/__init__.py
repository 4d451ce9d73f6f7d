"""Benchmarks: an invented world at scale, what is asked of it, and what others make of the same."""
