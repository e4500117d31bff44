-- Applications of the eventsourcing library name their events themselves. Ours keep the stricter rule, by a test;
-- a Python path ("module:qualname") stays refused for everybody.
ALTER TABLE log.events DROP CONSTRAINT events_name_check;
ALTER TABLE log.events ADD CONSTRAINT events_name_check
  CHECK (name ~ '^[a-z0-9_-]+(\.[a-z0-9_-]+)*$' AND length(name) <= 200);
