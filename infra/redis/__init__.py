"""Fan-out between nodes; nothing durable ever lives here."""
