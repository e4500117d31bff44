"""What models are told: templates in versions, what may be written in one, who may use it."""
