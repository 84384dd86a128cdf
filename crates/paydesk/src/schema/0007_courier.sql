-- Whoever is told what was decided: an address that takes webhooks, or the mail server.
create table endpoint (
    endpoint_id text primary key,
    -- webhook or mail.
    kind text not null,
    url text not null,
    description text,
    -- The types of messages that are wanted, with spaces between; empty for all.
    event_types text not null,
    -- What messages are signed with, and what they were signed with before, until that ends.
    secret text not null,
    former_secret text,
    former_until_us bigint,
    -- enabled or disabled.
    status text not null,
    -- Why it is disabled.
    disabled_because text,
    -- Failed attempts since the last one that came through, when the first of them was, and how many days of failing
    -- were warned of.
    failures bigint not null default 0,
    failing_since_us bigint,
    warned_days bigint not null default 0,
    -- Nothing is sent before.
    resting_until_us bigint not null default 0,
    created_at_us bigint not null,
    updated_at_us bigint not null
);

-- Which enabled endpoint wants which type; `*` is any. Read wherever something is decided, and so kept apart from what
-- changes with every attempt.
create table message_route (
    type text not null,
    endpoint_id text not null,
    primary key (type, endpoint_id)
);

-- What was decided, to be told: written in the transaction that decided it, where somebody wants it.
create table message (
    -- Follows from the key.
    message_id text primary key,
    -- What makes it one message, whatever repeats.
    message_key text not null,
    type text not null,
    -- Whom it is about.
    user_id text not null,
    -- The body as it is sent.
    body text not null,
    created_at_us bigint not null,
    constraint message_message_key unique (message_key)
);

-- A message on its way to an endpoint.
create table delivery (
    delivery_id bigint identity primary key,
    message_id text not null,
    endpoint_id text not null,
    -- pending, sent, failed or refused.
    status text not null,
    -- Attempts since it was written or replayed: its place in the schedule.
    attempts bigint not null,
    -- Counts the attempts for good. What an attempt came to is taken in only while no other was begun.
    claims bigint not null,
    -- When it is sent, unless it is taken: then, when it is taken for lost.
    next_attempt_at_us bigint not null,
    last_error text,
    created_at_us bigint not null,
    ended_at_us bigint,
    constraint delivery_message unique (message_id, endpoint_id)
);
create index delivery_due on delivery (endpoint_id, next_attempt_at_us, delivery_id) where status = 'pending';
create index delivery_endpoint on delivery (endpoint_id, delivery_id);
create index delivery_status on delivery (endpoint_id, status, delivery_id);

-- What came of each attempt.
create table delivery_attempt (
    attempt_id bigint identity primary key,
    delivery_id bigint not null,
    attempted_at_us bigint not null,
    duration_us bigint not null,
    -- The status of the answer, where there was one.
    status_code bigint,
    -- Why it failed; none where it came through.
    error text,
    -- The beginning of the answer.
    answer text
);
create index delivery_attempt_delivery on delivery_attempt (delivery_id, attempt_id);
