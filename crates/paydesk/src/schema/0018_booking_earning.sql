-- What builders earn of bookings: what is to go back of a cancelled one, whatever becomes of the refunds, and how long after its
-- end what is earned waits.
alter table booking add column due_back_minor bigint not null default 0;
alter table booking add column payout_buffer_us bigint not null default 172800000000;
