"""How an office works: register, derived states, the office's operations.   Spec: docs/spec/desk.md."""
