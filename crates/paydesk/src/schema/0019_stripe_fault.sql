-- Calls that Stripe answered with a fault of its own, which it keeps under their keys.
create table stripe_fault (
    -- The first key of the call.
    call_name text primary key,
    -- How many keys of it were answered so.
    fault_count bigint not null,
    -- When the last of them first was.
    fault_at_us bigint not null
);
