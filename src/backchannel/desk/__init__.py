"""How an office works: the register, the states derived from it, and the office's operations.   Spec: docs/spec/desk.md."""
