-- What was taken out of wallets for reversed payments and debts. It is read where some of it is given back, among all that ever
-- left them.
create index transfer_taken on transfer (debit_account_id, position) where code in ('claw_back', 'repay');
