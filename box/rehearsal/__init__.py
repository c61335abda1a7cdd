"""A whole call without a telephone line: every real process, a virtual modem and exchange, and a scripted caller."""
