-- Connected accounts and transfers as operators walk them: all, and those of one status.
create index payout_account_status on payout_account (status, user_id);
create index payout_transfer_at on payout_transfer (created_at_us, transfer_key);
create index payout_transfer_status on payout_transfer (status, created_at_us, transfer_key);
