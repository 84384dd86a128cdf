-- Who gave credits, took them back or moved them: people and programs that act under a name of their own. Other transfers follow
-- from an event or a job, or are uses by the application's back end.
create table transfer_maker (
    transfer_id bytea primary key,
    -- `operator:…`, `service:…` or `admin`.
    made_by text not null
);
