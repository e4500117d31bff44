"""The gateway beside LiteLLM and Portkey, before the same fake provider, in one run."""
