"""Releasing: what of a post-mortem may be public, who said so, and the gate in front of the public site."""
