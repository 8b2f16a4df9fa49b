"""Who may read a letter, and who certainly wrote it.   Spec: docs/spec/seals.md, docs/spec/cards.md."""
