"""Backchannel: sealed letters between parties who do not talk to each other."""

__version__ = "0.1.0"
