-- How calls went, to be looked for and counted by; of earlier ones nothing of it is known.
ALTER TABLE read.ai_calls
  ADD COLUMN request_id text NOT NULL DEFAULT '',
  ADD COLUMN first_token_milliseconds integer,
  ADD COLUMN confidence_permille integer,
  ADD COLUMN degraded text NOT NULL DEFAULT '',
  ADD COLUMN fell_back boolean NOT NULL DEFAULT false,
  ADD COLUMN experiment text NOT NULL DEFAULT '';
CREATE INDEX ai_calls_newest ON read.ai_calls (tenant_id, position DESC);
