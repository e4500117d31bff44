"""The only home of drivers: PostgreSQL, Redis, the CRDT library, the clock; implements ports owned by other packages."""
