"""Forms for notebooks."""
