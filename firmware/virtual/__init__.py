"""The stand-ins for hardware: a software voice modem, a telephone exchange and a caller.

Written from the standards and manuals, independently of the driver in ``firmware``: nothing here imports it, so that a
mistake made on one side shows against the other.
"""
