"""The command line: one group, one file for each command. It holds no meaning of its own."""
