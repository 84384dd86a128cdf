-- Subscriptions as Stripe shows them. A row is made by whatever tells of one first, and filled by reading it from Stripe.
create table subscription (
    subscription_id text primary key,
    -- Whose; none while nothing has told.
    user_id text,
    customer text,
    -- The plan of the catalogue, its group and its tier; none where the price is not one of a plan.
    plan_id text,
    plan_group text,
    tier text,
    price_id text,
    quantity bigint not null default 1,
    -- Stripe's word; empty until it was read.
    status text not null default '',
    -- When it ends, where an end was set, and whether that is the end of the period.
    cancel_at_us bigint,
    cancel_at_period_end bigint not null default 0,
    canceled_at_us bigint,
    ended_at_us bigint,
    period_start_us bigint,
    period_end_us bigint,
    trial_end_us bigint,
    -- What becomes of invoices while no money is collected, in Stripe's word, and until when.
    pause_collection text,
    pause_resumes_at_us bigint,
    -- Since when a payment is overdue; none while none is.
    past_due_since_us bigint,
    latest_invoice_id text,
    created_s bigint not null default 0,
    -- Counts what was taken in and changed it.
    version bigint not null default 0,
    -- Counts the wishes to read it and the reads that began. A read is taken in where none that began later was; the
    -- wishes are fulfilled where none came since it began.
    sync_wanted bigint not null default 0,
    sync_taken bigint not null default 0,
    -- When it is read next.
    sync_due_at_us bigint not null,
    updated_at_us bigint not null
);
create index subscription_user on subscription (user_id, plan_group) where user_id is not null;
create index subscription_sync on subscription (sync_due_at_us) where sync_due_at_us < 9223372036854775807;

-- Invoices of subscriptions that were paid, until what they pay for has been handed over and their payments are known.
create table subscription_invoice (
    invoice_id text primary key,
    -- None while only a payment of it is known.
    subscription_id text,
    paid bigint not null,
    -- Whether what it pays for was handed over, and whether its payments are known.
    settled bigint not null,
    linked bigint not null,
    -- When it is read from Stripe, because events have not told all of it.
    check_due_at_us bigint not null
);
create index subscription_invoice_check on subscription_invoice (check_due_at_us)
    where check_due_at_us < 9223372036854775807;
create index subscription_invoice_unsettled on subscription_invoice (subscription_id) where paid = 1 and settled = 0;

-- What a user has in a group of plans: what everything that follows from subscriptions has been brought to.
create table standing (
    user_id text not null,
    plan_group text not null,
    -- The subscription that decides; none where there never was one.
    subscription_id text,
    plan_id text,
    tier text,
    status text,
    access bigint not null,
    -- When access ends if nothing else happens.
    until_us bigint,
    changed_at_us bigint not null,
    version bigint not null,
    primary key (user_id, plan_group)
);

-- What a notice tells of, where it is a subscription.
alter table notice add column subscription_id text;
alter table notice add column invoice_id text;
alter table notice add column ends_at_us bigint;

-- A customer of Stripe's leads to its user.
create index customer_stripe on customer (stripe_customer_id) where stripe_customer_id is not null;
