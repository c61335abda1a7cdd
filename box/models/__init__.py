"""Speech models of an installation: taking one in, judging it, comparing two, training a new one."""
