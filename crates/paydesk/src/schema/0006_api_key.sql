-- API keys of the application's users, and the data that their subscriptions began with.

-- What holds for all keys of a user. Whoever makes, suspends or counts them locks this row first.
create table key_owner (
    user_id text primary key,
    -- Since when none of them is accepted, because what they came with is over.
    suspended_at_us bigint
);

create table api_key (
    key_id text primary key,
    user_id text not null,
    name text not null,
    -- The subscription that it was issued for; none where its owner made it.
    subscription_id text,
    created_at_us bigint not null,
    revoked_at_us bigint,
    constraint api_key_subscription_id unique (subscription_id)
);
create index api_key_user on api_key (user_id, key_id);

-- The secrets of a key, as hashes. The newest has no end; one that was replaced is accepted until its end. A key that was
-- issued and not taken into use has none.
create table api_key_secret (
    key_id text not null,
    number bigint not null,
    hash bytea not null,
    made_at_us bigint not null,
    ends_at_us bigint,
    primary key (key_id, number)
);

-- Data that a subscription began with, which its owner edits.
create table seeded_data (
    user_id text not null,
    name text not null,
    -- JSON.
    value text not null,
    -- Counts its changes, from 1.
    version bigint not null,
    -- The subscription that brought it.
    subscription_id text not null,
    created_at_us bigint not null,
    updated_at_us bigint not null,
    primary key (user_id, name)
);
