"""Documents whose past is asked for: restored, undone, reverted, compared."""
