"""What will happen: features as known at a date, scores with their uncertainty, and how they did in the past."""
