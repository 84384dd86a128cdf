-- What is to be done: the orders of one status, whoever ordered.
create index customer_order_status on customer_order (status, order_id);
