"""What to do: readable policies, tables in, proposals with their reasons out."""
