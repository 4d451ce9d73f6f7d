"""What is measured beside ours, each in a process of its own."""
