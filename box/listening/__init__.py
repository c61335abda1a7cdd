"""Hearing: sound files, and the recogniser behind an interface."""
