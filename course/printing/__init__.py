"""Documents: PDF made in a child process, and sheets whose cells run nothing."""
