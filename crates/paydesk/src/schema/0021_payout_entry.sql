-- What was added to and taken from what is owed to those who earn: an entry for each movement in the books, never changed.
create table payout_entry (
    -- The business key of the movement.
    entry_key text primary key,
    user_id text not null,
    line_id text not null,
    currency text not null,
    kind text not null,
    -- By how much it changes what is owed to the earner.
    amount_minor bigint not null,
    at_us bigint not null
);
create index payout_entry_user on payout_entry (user_id, at_us, entry_key);

-- What there was before: what each line had come to, and what was transferred and taken back.
insert into payout_entry (entry_key, user_id, line_id, currency, kind, amount_minor, at_us)
select 'earn:' || line_id || ':before', user_id, line_id, currency, 'earned', earned_minor, created_at_us
from payout_line where earned_minor <> 0;
insert into payout_entry (entry_key, user_id, line_id, currency, kind, amount_minor, at_us)
select 'pay_out:' || t.transfer_key, l.user_id, l.line_id, t.currency, 'transferred', -t.amount_minor, t.created_at_us
from payout_transfer t join payout_line l on l.line_id = t.line_id where t.status = 'made' and t.direction = 'out';
insert into payout_entry (entry_key, user_id, line_id, currency, kind, amount_minor, at_us)
select 'take_back:' || t.transfer_key, l.user_id, l.line_id, t.currency, 'taken_back', t.amount_minor, t.created_at_us
from payout_transfer t join payout_line l on l.line_id = t.line_id where t.status = 'made' and t.direction = 'back';
