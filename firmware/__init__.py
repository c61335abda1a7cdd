"""Wires: everything between the application and the telephone line. Nothing here imports ``box``."""
