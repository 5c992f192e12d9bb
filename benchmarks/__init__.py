"""What riskkit claims, measured: one module per claim, run with `python -m benchmarks.run NAME`."""
