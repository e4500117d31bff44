"""The event log on PostgreSQL: group-commit writer, mapper, keyring and readers behind the library's interface."""
