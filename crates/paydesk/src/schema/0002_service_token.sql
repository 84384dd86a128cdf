create table service_token (
  token_id text primary key,
  name text not null,
  prefix text not null,
  secret_hash bytea not null,
  scopes text not null,
  created_at_us bigint not null,
  last_used_at_us bigint,
  revoked_at_us bigint,
  constraint service_token_prefix unique (prefix)
);
