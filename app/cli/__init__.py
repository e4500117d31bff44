"""The command line: `colophon`, one file a group of commands."""
