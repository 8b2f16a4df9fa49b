"""Where pouches rest: an accountless store, its HTTP service and the client.   Spec: docs/spec/relay.md."""
