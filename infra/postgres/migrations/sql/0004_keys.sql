-- A tenant key stays for as long as a data key is wrapped by it, and no new one can be wrapped by one that is gone.
CREATE INDEX data_keys_of_epoch ON keystore.data_keys (tenant_id, epoch);
ALTER TABLE keystore.data_keys ADD CONSTRAINT data_keys_epoch FOREIGN KEY (tenant_id, epoch)
  REFERENCES keystore.tenant_keys (tenant_id, epoch);
