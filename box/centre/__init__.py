"""The collecting centre: takes events from boxes, serves them to billing, carries accounts from billing to boxes."""
