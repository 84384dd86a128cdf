-- The work behind an order: who does it, what was delivered, and what was paid and given back for it.
alter table customer_order add column work_status text not null default 'draft';
update customer_order set work_status = status;
alter table customer_order add column reviewer_id text;
alter table customer_order add column paid_minor bigint not null default 0;
alter table customer_order add column refunded_minor bigint not null default 0;
-- What was delivered last: links, a JSON array that is never queried, a note, and when.
alter table customer_order add column delivered_links text;
alter table customer_order add column delivered_note text;
alter table customer_order add column delivered_at_us bigint;
-- How many rows of `order_change` it has.
alter table customer_order add column changes bigint not null default 0;
create index customer_order_reviewer on customer_order (reviewer_id, order_id) where reviewer_id is not null;

-- What happened to an order, one row for each change of its status or its reviewer. Rows are only ever added.
create table order_change (
    order_id text not null,
    number bigint not null,
    from_status text not null,
    to_status text not null,
    reviewer_id text,
    -- Who did it: user:…, service:…, admin, checkout where one began, or stripe where it follows from what Stripe said.
    changed_by text not null,
    note text,
    changed_at_us bigint not null,
    primary key (order_id, number)
);
