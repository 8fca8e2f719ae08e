"""Images of components by operations of JAX alone: the core's cells, rules and tolerance, on any platform."""
