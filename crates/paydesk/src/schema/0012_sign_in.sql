-- Who works at the console. A name is one person's.
create table operator (
    operator_id text primary key,
    name text not null,
    -- viewer, operator or admin.
    role text not null,
    created_at_us bigint not null,
    -- From when on they may not sign in any more.
    shut_out_at_us bigint,
    constraint operator_name unique (name)
);

-- Links that sign an operator in, each once. Kept is the SHA-256 of the secret.
create table sign_in_link (
    secret_hash bytea primary key,
    operator_id text not null,
    ends_at_us bigint not null
);
create index sign_in_link_operator on sign_in_link (operator_id);

-- Browsers that are signed in: an operator's or a user's. Kept is the SHA-256 of the cookie.
create table browser_session (
    secret_hash bytea primary key,
    operator_id text,
    user_id text,
    began_at_us bigint not null,
    ends_at_us bigint not null
);
create index browser_session_operator on browser_session (operator_id) where operator_id is not null;
create index browser_session_end on browser_session (ends_at_us);
