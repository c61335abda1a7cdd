"""Whom a call is about: accounts with their meters and money, and the rules that look only at them."""
