-- Whose an open suggestion is: each member has a share of those that a document takes.
ALTER TABLE read.suggestions ADD COLUMN member_id uuid;
