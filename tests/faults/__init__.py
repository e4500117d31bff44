"""The log under faults: whatever breaks, no acknowledged event is lost, doubled, reordered or skipped by a reader."""
