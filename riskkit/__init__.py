"""riskkit: who will not pay, why, and what to do about it, from the files a company already has."""

__version__ = "0.1.0"
