-- Conversations have keys of their own: what an assistant said can be erased with what it quoted.
ALTER TABLE keystore.data_keys DROP CONSTRAINT data_keys_scope_check;
ALTER TABLE keystore.data_keys ADD CONSTRAINT data_keys_scope_check
  CHECK (scope IN ('document', 'subject', 'conversation', 'tenant'));
