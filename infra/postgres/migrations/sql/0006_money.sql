-- Sums are kept apart by currency: what was spent in one says nothing about a limit in another.
ALTER TABLE read.ai_spend
  ADD COLUMN currency text NOT NULL DEFAULT 'USD',
  ADD COLUMN forgiven_micros bigint NOT NULL DEFAULT 0,
  DROP CONSTRAINT ai_spend_pkey,
  ADD PRIMARY KEY (tenant_id, currency, scope, owner_id, period);
ALTER TABLE read.ai_spend ALTER COLUMN currency DROP DEFAULT;

-- What a call was asked for by, and its tokens and prices by bucket: a bill is made of these.
ALTER TABLE read.ai_calls
  ADD COLUMN currency text NOT NULL DEFAULT 'USD',
  ADD COLUMN micros_per_usd bigint NOT NULL DEFAULT 1000000,
  ADD COLUMN endpoint text NOT NULL DEFAULT '',
  ADD COLUMN tags jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN tokens jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN rates jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN other_legs_micros bigint NOT NULL DEFAULT 0;
CREATE INDEX ai_calls_in_order ON read.ai_calls (tenant_id, at, call_id);
DROP INDEX read.ai_calls_by_time;
