"""How the acoustic model is made: speech is synthesised, varied as telephone lines and people vary, a small network is
trained on it, and the folder that Vosk reads is written.

Never imported by the product at run time: this package alone may import torch, and what it needs besides numpy is
listed in requirements-training.txt. ``python -m box.training --help`` is its command.
"""
