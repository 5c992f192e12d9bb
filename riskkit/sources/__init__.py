"""Files people have: read, mapped, checked, reconciled into canonical tables."""
