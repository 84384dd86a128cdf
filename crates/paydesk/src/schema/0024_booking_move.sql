-- A booking that moves another one once the difference is paid: which one, and how often that had changed when it was agreed on.
alter table booking add column moves_booking_id text;
alter table booking add column moves_change bigint;
create index booking_moves on booking (moves_booking_id, booking_id) where moves_booking_id is not null;
