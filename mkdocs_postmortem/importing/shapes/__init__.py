"""The shapes that documents come in, a family a module: each finds what is its own and leaves the rest alone."""
