-- What of the money for a booking is to go back since it was moved to a cheaper session, whatever becomes of the refunds.
alter table booking add column price_back_minor bigint not null default 0;
