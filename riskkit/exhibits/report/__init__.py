"""The full report of a run: its sections, once, as an HTML file and as a typeset PDF."""
