"""What people look at: figures, tables and documents, in their language."""
