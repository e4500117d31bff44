"""How fast the event log is, beside plain PostgreSQL and the stock recorder of the eventsourcing library."""
