"""Who carries a letter, and what can be shown of its way.   Spec: docs/spec/conveyance.md, docs/spec/evidence.md."""
