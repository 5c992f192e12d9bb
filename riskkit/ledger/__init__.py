"""Who owes what at a date: settlement, open items, ageing and measures, as pure functions."""
