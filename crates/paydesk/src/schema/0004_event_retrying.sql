-- Listings of one status. Events that retry or died are rare and spread thinly over all others, so each has an index of
-- its own, which is written only when an event fails. The other statuses get none: an index on them would be written
-- twice for every event that comes in, and their events lie densely by number, where a listing walks.
create index event_retrying on event (event_id) where status = 'retrying';
