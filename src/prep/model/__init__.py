"""Values: frozen, typed, without I/O."""
