"""From the route to an answer: who is asked, in which order, how often, and what stands in when nobody answers."""
