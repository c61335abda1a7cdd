"""What the box keeps on its disk: calls, readings, the outbox, its copy of the accounts. SQL is written only here."""
