"""Events as they were once stored: they must be readable for ever."""
