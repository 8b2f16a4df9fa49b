"""What binds and what is due: standing, checks before sealing, the language gate, the timeline."""
