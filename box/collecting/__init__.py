"""Recordings of volunteers: the call in which they are made, the corpus that they land in, and its use in training."""
