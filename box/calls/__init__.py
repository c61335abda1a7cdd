"""One call at a time on one telephone line: from ring to record."""
