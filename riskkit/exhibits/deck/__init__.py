"""The diagnostic as slides that a consultant edits: native charts and tables on a master of our own."""
