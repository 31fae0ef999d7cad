"""What `new` and `init` write: a post-mortem of the right shape, a repository that works at once."""
