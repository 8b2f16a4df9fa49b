"""The always-on half of an office: it posts and collects, and holds only pouch keys and sealed things.

Spec: docs/spec/station.md.
"""
