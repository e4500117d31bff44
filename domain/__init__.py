"""Facts and rules: events, state and decisions; pure, synchronous, standard library only."""
