-- What is taken back from a user is taken from the wallets of their API keys too.

-- The user of a wallet that is set apart for an API key; null for every other account. It stands in the account's key, behind
-- the key's id, which has none but these characters.
alter table account add column key_of text;
update account
set key_of = substr(ltrim(substr(account_key, 20), 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-'), 2)
where account_key like 'credits:key_wallet:%';
create index account_key_of on account (key_of, account_key) where key_of is not null;
