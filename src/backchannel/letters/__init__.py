"""What is said: sheets, dockets, parts, forms, dates, drafts.   Spec: docs/spec/letters.md."""
