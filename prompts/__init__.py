"""Templates of prompts as the template engine sees them: which may be, and what comes of them."""
