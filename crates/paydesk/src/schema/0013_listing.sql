-- What the lists of operators walk along.
create index payment_created on payment (created_at_us, payment_intent_id);
-- What is not paid is a small part, and looked for by itself.
create index payment_unpaid on payment (created_at_us, payment_intent_id) where status <> 'succeeded';
create index payment_charge on payment (charge_id) where charge_id is not null;
create index subscription_created on subscription (created_s, subscription_id);
create index subscription_status on subscription (status, created_s, subscription_id);
create index contact_email on contact (email);
