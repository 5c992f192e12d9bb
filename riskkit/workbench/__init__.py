"""Running it: portfolios, notebooks, batches, dashboards and the command line."""
