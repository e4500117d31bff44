"""The processes: settings, `up`, the command line."""
