-- When builders are there, each in their own time zone. Rules and exceptions are JSON that is never queried.
create table builder_availability (
    builder_id text primary key,
    -- IANA name.
    time_zone text not null,
    weekly text not null,
    exceptions text not null,
    -- Counts its changes, from 1.
    version bigint not null,
    updated_at_us bigint not null
);

-- Sessions that clients book with builders. Price, fee and policy are those of the moment of the purchase.
create table booking (
    booking_id text primary key,
    client_id text not null,
    builder_id text not null,
    session_type_id text not null,
    purchase_id text not null,
    starts_at_us bigint not null,
    ends_at_us bigint not null,
    -- What of the builder's time it takes, buffers included: from, and until before.
    claim_from_us bigint not null,
    claim_to_us bigint not null,
    -- 1 while its rows of booking_claim stand.
    holds_slot bigint not null,
    amount_minor bigint not null,
    currency text not null,
    -- The platform's share of the amount.
    platform_fee_minor bigint not null,
    -- Tiers of the share that goes back where the client cancels, JSON that is never queried.
    refund_tiers text not null,
    -- Where it stands: as its place says, or refunded while all its money is back.
    status text not null,
    place text not null,
    paid_minor bigint not null,
    refunded_minor bigint not null,
    -- How often its place or its time changed.
    changes bigint not null,
    created_at_us bigint not null,
    updated_at_us bigint not null,
    constraint booking_purchase unique (purchase_id)
);
create index booking_client on booking (client_id, booking_id);
create index booking_builder on booking (builder_id, booking_id);
create index booking_status on booking (status, booking_id);
-- The times that are taken, for listing those that are free: one range of one builder.
create index booking_slot on booking (builder_id, claim_from_us, claim_to_us) where holds_slot = 1;

-- Each five minutes of a builder's time that a booking takes. That no two take the same is the key's to see to.
create table booking_claim (
    builder_id text not null,
    grain_start_us bigint not null,
    booking_id text not null,
    primary key (builder_id, grain_start_us)
);
