"""How a letter moves unseen: packets of one size, and the fragments in them.   Spec: docs/spec/pouches.md."""
