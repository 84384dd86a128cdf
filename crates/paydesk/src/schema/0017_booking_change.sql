-- Calendar feeds, by the hash of the secret in their address: one of each part for each user.
create table calendar_feed (
    user_id text not null,
    -- client or builder: the sessions that the user booked, or those that they give.
    part text not null,
    secret_hash bytea not null,
    made_at_us bigint not null,
    primary key (user_id, part),
    constraint calendar_feed_secret_hash unique (secret_hash)
);
create index booking_client_time on booking (client_id, starts_at_us);
create index booking_builder_time on booking (builder_id, starts_at_us);

-- The most that goes back where the client cancels, in percent: whoever moves a session wins no share back.
alter table booking add column refund_percent_max bigint not null default 100;
