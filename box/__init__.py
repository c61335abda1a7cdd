"""The application: calls, dialogue, speech, accounts, store, delivery."""
