"""The way between box and centre: messages, delivery, the account feed."""
