"""The diagnostic as a workbook that an accountant checks: real tables, live totals, charts; no cell runs anything."""
