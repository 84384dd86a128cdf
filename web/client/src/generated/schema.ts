// Generated from docs/openapi.json by `npm run generate`. Not to be edited.

export interface paths {
    "/api/account/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is signed in to the account */
        get: operations["read_account_session"];
        /**
         * Sign in to the account
         * @description Exchanges a token of the application, sent as the bearer token, for the cookie of a session on the account pages.
         */
        put: operations["sign_in_to_account"];
        post?: never;
        /** Sign out of the account */
        delete: operations["sign_out_of_account"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/bookings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List bookings
         * @description Newest first: a user's own, or with `builder_id` those that they give, whoever booked. A service with the scope
         *     `bookings:read` and the operator see everybody's.
         */
        get: operations["list_bookings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/bookings/slots": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List free slots
         * @description The starts at which a session of this type can be booked now: within its builder's availability, far enough ahead and
         *     not too far, and with room for the buffers between other bookings. A slot that is listed can be gone when it is booked.
         *     Needs no authentication.
         */
        get: operations["list_booking_slots"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/bookings/{booking_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a booking
         * @description For who booked it, and for who gives it.
         */
        get: operations["read_booking"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/bookings/{booking_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a booking
         * @description The client may until it begins, and gets the share of `refund_tiers` that is reached; the builder, a service with the scope
         *     `bookings:write` and the operator may at any time, and the client gets everything. Its time is free again.
         */
        post: operations["cancel_booking"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/bookings/{booking_id}/no-show": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say that the client did not come
         * @description For the builder of a confirmed booking that has begun, a service with the scope `bookings:write` and the operator. What was
         *     paid stays paid.
         */
        post: operations["mark_booking_no_show"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/bookings/{booking_id}/reschedule": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Move a booking to another time
         * @description A confirmed booking that has not begun moves to a free slot of the same session type or of another one of its builder, for
         *     its client, its builder, a service with the scope `bookings:write` and the operator. Nothing is paid again, and where it
         *     costs less now the difference goes back. A client does not move it to another session type that costs more. Where the
         *     time cannot be had the booking keeps its own, and the answer names `alternatives`.
         */
        post: operations["reschedule_booking"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/builders/{builder_id}/availability": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a builder's availability
         * @description For the builder, a service with the scope `bookings:read` and the operator. Send its `ETag` as If-Match to change it.
         */
        get: operations["read_availability"];
        /**
         * Change a builder's availability
         * @description Writes all of it in place of the version that If-Match names; `"0"` where nothing was said yet. A moment is open where
         *     the clock on the builder's wall stands within the hours of its date, also on days on which the clocks change. What is
         *     booked stays booked. Of writers who have seen the same version one succeeds; the others are told 412 `etag_stale`.
         */
        put: operations["replace_availability"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/calendar-feeds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List calendar feeds
         * @description Which feeds a user has, without their addresses, which are shown once.
         */
        get: operations["list_calendar_feeds"];
        put?: never;
        /**
         * Make a calendar feed
         * @description Gives an address that a calendar can subscribe to, with the sessions of the last 30 days and all to come. Whoever knows the
         *     address can read them. Another request makes another address, and the one before leads nowhere.
         */
        post: operations["create_calendar_feed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/calendar-feeds/{part}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End a calendar feed
         * @description Its address leads nowhere from now on, whoever knows it. Where there is none it stays so.
         */
        delete: operations["end_calendar_feed"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/console/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is signed in to the console */
        get: operations["read_console_session"];
        /**
         * Sign in to the console
         * @description Takes the secret of a link that `paydesk operator invite` printed, once, and sets the cookie of a session.
         */
        put: operations["sign_in_to_console"];
        post?: never;
        /** Sign out of the console */
        delete: operations["sign_out_of_console"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/disputes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List disputes
         * @description All disputes that Stripe told of, newest first. What is disputed counts as given back until the dispute is won.
         */
        get: operations["list_disputes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/disputes/{dispute_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a dispute */
        get: operations["read_dispute"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/entitlements/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read entitlements
         * @description What a user may do now: tier, features, limits and credits, and where their subscriptions stand. A user nobody has
         *     heard of is on the free tier. A user reads their own, a service needs the scope `entitlements:read`.
         */
        get: operations["read_entitlements"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List events
         * @description What came in from Stripe, newest first. Where few events are of the status or type that is asked for, a page may hold
         *     fewer than `limit`, or none: as long as there is a `next`, there may be more.
         */
        get: operations["list_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read an event
         * @description With what it did, what that moved in the ledger, who was told of it, and the event as received.
         */
        get: operations["read_event"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Replay an event
         * @description Puts the event back to be handled. What it did before stays done: each effect happens once for its key. With `dry_run`
         *     it is handled and all of that is taken back, so that the answer tells what a replay would do now. The body is empty.
         */
        post: operations["replay_event"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/financial/admin/dashboard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the dashboard
         * @description Revenue, refunds, fees, monthly recurring revenue and how it moved, subscribers, churn, failed payments, credits and
         *     webhooks over some days, UTC: in all and by interval. Counted where things happen, so that it costs the same however
         *     much there is; credits and collected money are up to about a minute behind. A service needs the scope `reports:read`.
         */
        get: operations["read_dashboard"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/financial/credits/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a wallet
         * @description What the user may spend. A user reads their own wallet, a service needs the scope `credits:read`.
         */
        get: operations["read_credits"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/financial/credits/{user_id}/add": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give credits
         * @description An operator, or a service with the scope `credits:grant`, gives credits with a reason.
         */
        post: operations["add_credits"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/financial/credits/{user_id}/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Explain a wallet
         * @description From the balance to every open lot, to the transfer that made it, to what caused that: the purchase with its payment and
         *     Stripe's event, or the reason that was given with the request; through moves between wallets back to the first. Also what
         *     is set aside and for what, and what is owed and why. All of it is true at one moment, and adds up: `balance` is
         *     `balance_before`, the amounts of `lots` and `balance_behind` together.
         */
        get: operations["explain_credits"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/financial/credits/{user_id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read what happened to a wallet
         * @description Every transfer that touched it, newest first: what came in or went out, what the wallet held afterwards, and what was
         *     behind it. What is set aside or owed is told too: holds leave the wallet and come back when they are given free. Over the
         *     whole history `amount` sums up to what the wallet holds, `held` to what is held and `owed` to what is owed. Where few
         *     transfers are what is asked for, a page may hold fewer than `limit`, or none: as long as there is a `next`, there may be
         *     more.
         */
        get: operations["list_credit_history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/financial/credits/{user_id}/history.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Download what happened to a wallet
         * @description The same as a table of comma-separated values (RFC 4180), up to 10,000 rows. Where there may be more, a `Link` header with
         *     `rel="next"` holds the query that goes on. Texts that a spreadsheet would take for a formula begin with an apostrophe.
         */
        get: operations["download_credit_history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/financial/credits/{user_id}/holds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List holds
         * @description A user's holds, newest first.
         */
        get: operations["list_holds"];
        put?: never;
        /**
         * Hold credits
         * @description Sets credits aside for a use that is not certain yet. Then capture what was used, or release it; a hold that is neither
         *     expires by itself, and the credits go back to where they came from.
         */
        post: operations["create_hold"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/financial/credits/{user_id}/holds/{hold_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a hold */
        get: operations["read_hold"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/financial/credits/{user_id}/holds/{hold_id}/capture": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Capture a hold
         * @description Uses what was set aside, all of it or a part; the rest goes back to where it came from. A hold ends once: one that was
         *     captured, released or has expired answers 409 `hold_ended`.
         */
        post: operations["capture_hold"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/financial/credits/{user_id}/holds/{hold_id}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Release a hold
         * @description Gives back what was set aside. A hold ends once: one that was captured, released or has expired answers 409
         *     `hold_ended`.
         */
        post: operations["release_hold"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/financial/credits/{user_id}/move": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Move credits
         * @description Moves credits between the wallet of a user and those of their API keys, once for the Idempotency-Key. Credits keep
         *     their end and their priority.
         */
        post: operations["move_credits"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/financial/credits/{user_id}/remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take credits back
         * @description An operator, or a service with the scope `credits:grant`, takes credits back with a reason; never below zero.
         */
        post: operations["remove_credits"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/financial/credits/{user_id}/spend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Spend credits
         * @description Takes credits from a wallet, once for the Idempotency-Key and never below zero. The application's back end does this
         *     with a service token of the scope `credits:spend`.
         */
        post: operations["spend_credits"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/financial/credits/{user_id}/top-up": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read top-ups
         * @description What is wanted when the user's wallet runs low, and where that stands.
         */
        get: operations["read_top_up"];
        /**
         * Set top-ups
         * @description Says what is wanted when the user's wallet runs low, in place of what was wanted before. Credits are bought with the
         *     payment method that `…/top-up/setup` saved: one purchase at a time, two within ten minutes at most, and none after one
         *     has failed until another payment method is saved. What the pack costs now is agreed to; more is never charged. The user
         *     agrees to that themselves, or by the application's back end; nobody at the console does it for them.
         */
        put: operations["change_top_up"];
        post?: never;
        /**
         * End top-ups
         * @description Nothing is bought or told any more when the user's wallet runs low. A purchase that is under way goes on, and the
         *     payment method stays saved.
         */
        delete: operations["remove_top_up"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/financial/credits/{user_id}/top-up/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Save a payment method
         * @description Makes a page at Stripe on which the buyer saves a payment method, with no money taken. It is used for top-ups once
         *     Stripe's signed event says that it is ready, in place of the one before.
         */
        post: operations["set_up_top_up"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fraud-warnings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List warnings of fraud
         * @description What banks suspect to be fraud, newest first. `PAYDESK_ON_FRAUD_WARNING=refund` gives such payments back at once.
         */
        get: operations["list_fraud_warnings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List keys
         * @description A user's API keys, newest first, revoked ones included and without their secrets.
         */
        get: operations["list_keys"];
        put?: never;
        /**
         * Make a key
         * @description Makes an API key and shows its secret, this once. A user makes their own, a service with the scope `keys:write` anybody's.
         *     What is kept is a hash, so a repeat of the request is answered 409 `secret_already_shown`.
         */
        post: operations["create_key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/keys/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Verify a key
         * @description For the application's own gateway: whether a key that somebody sent is accepted and, if so, whose it is, what they may
         *     do, and the credits of the key and of its user. Changes nothing, and needs no Idempotency-Key.
         */
        post: operations["verify_key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/keys/{key_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a key */
        get: operations["read_key"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/keys/{key_id}/reveal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take an issued key into use
         * @description Makes the secret of a key that was issued with a subscription, and shows it, this once. A second time is answered 409
         *     `secret_already_shown`, as is a repeat of the request.
         */
        post: operations["reveal_key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/keys/{key_id}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Revoke a key
         * @description For good, and at once. Credits that are set apart for it stay in its wallet, from which a service can move them.
         */
        post: operations["revoke_key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/keys/{key_id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Replace a key's secret
         * @description Makes a new secret and shows it, this once. Those before it stay valid for the overlap, a day where it is left out, so
         *     that whatever uses the key can be changed over; 0 ends them at once.
         */
        post: operations["rotate_key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ledger/transfers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List transfers of the ledger
         * @description Everybody's, newest first; those of one wallet are its history. Where few are of the code that is asked for, a page may
         *     hold fewer than `limit`, or none: as long as there is a `next`, there may be more. A service needs the scope
         *     `reports:read`.
         */
        get: operations["list_ledger_transfers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ledger/transfers/{position}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a transfer of the ledger
         * @description By its position, with what both accounts held afterwards, the lots it drew from or made, and the event behind it. A
         *     service needs the scope `reports:read`.
         */
        get: operations["read_ledger_transfer"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List notices
         * @description What a user is to be told, newest first: that their wallet runs low or a top-up failed, that a payment of their
         *     subscription failed or its trial ends, or that access ended.
         */
        get: operations["list_notices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List orders
         * @description Newest first: a user's own, or with `reviewer_id` those that they are to work on, whoever ordered. A service with the
         *     scope `orders:read` and the operator see everybody's: `?status=paid` lists what is to be done.
         */
        get: operations["list_orders"];
        put?: never;
        /**
         * Make an order
         * @description Writes a draft with the package's own fields. Pay for it with `POST /api/stripe/create-checkout-session`.
         */
        post: operations["create_order"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/orders/{order_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read an order
         * @description For who ordered it, and for who is to work on it.
         */
        get: operations["read_order"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/orders/{order_id}/assignment": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Assign an order
         * @description Says which user is to work on it. They see it under `GET /api/orders?reviewer_id=…`, and may move it on.
         */
        post: operations["assign_order"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/orders/{order_id}/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the changes of an order
         * @description Its history, the newest change first: every status and every reviewer it had, who brought it there, and when. Nothing
         *     of it is ever changed or removed.
         */
        get: operations["list_order_changes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/orders/{order_id}/moves": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Move an order on
         * @description The reviewer whom it is assigned to begins (`in_progress`), puts back (`paid`) and delivers (`delivered`) it; a service
         *     with the scope `orders:write` and the operator may do so too, and cancel it. Who ordered may cancel it before work
         *     began. What was paid for a cancelled order is given back: all of it where the shop cancels, the share of
         *     `[refunds] order_share_percent` where the buyer does. What money does to an order is not moved by hand.
         */
        post: operations["move_order"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/payments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List payments
         * @description Payments that Stripe told of, newest first. A service needs the scope `purchases:read`.
         */
        get: operations["list_payments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/payments/create-checkout-session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start a checkout (alias)
         * @description The same as `POST /api/stripe/create-checkout-session`.
         */
        post: operations["create_payments_checkout_session"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/payments/{payment_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a payment
         * @description By its `PaymentIntent` or its charge.
         */
        get: operations["read_payment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/payouts/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List connected accounts
         * @description Everybody's, in the order of whose they are. A service needs the scope `payouts:read`.
         */
        get: operations["list_payout_accounts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/payouts/accounts/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a connected account
         * @description Where the builder's account at Stripe stands, and what they have to tell. 404 where none was asked for yet.
         */
        get: operations["read_payout_account"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/payouts/accounts/{user_id}/onboarding": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin onboarding
         * @description Makes the builder's connected account at Stripe, once, and a way to Stripe's page on which they say who they are and where
         *     they want to be paid. The page opens once and for a few minutes; ask with a new Idempotency-Key for another. What became
         *     of it is told by Stripe's events, and read at `GET /api/payouts/accounts/{user_id}`.
         */
        post: operations["begin_onboarding"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/payouts/transfers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List transfers to connected accounts
         * @description What was transferred for earnings and what was taken back, newest first, whatever became of it. A service needs the scope
         *     `payouts:read`.
         */
        get: operations["list_payout_transfers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/payouts/{user_id}/bank-payouts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List payouts to the bank
         * @description What Stripe has sent from the user's connected account to their bank, newest first, as far as its events have told. What
         *     comes back is on the connected account again, and is sent anew by Stripe once the bank account is mended on its page.
         */
        get: operations["list_bank_payouts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/payouts/{user_id}/earnings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List earnings
         * @description What the user earned of each sale, newest first, and how far it is transferred.
         */
        get: operations["list_earnings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/payouts/{user_id}/statement": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a statement of earnings
         * @description What was added to and taken from what is owed to the user within a period, with what was owed before and after it, by
         *     currency. A period of more than 10,000 entries is refused.
         */
        get: operations["read_payout_statement"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/payouts/{user_id}/statement.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Download a statement of earnings
         * @description The entries of the same statement as a table of comma-separated values (RFC 4180), with amounts in major units as well.
         */
        get: operations["download_payout_statement"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/payouts/{user_id}/statement.pdf": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Print a statement of earnings
         * @description The same statement as a PDF of A4 pages, with amounts in major units. Every time is UTC.
         */
        get: operations["print_payout_statement"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/purchases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List purchases
         * @description A user's purchases, newest first.
         */
        get: operations["list_purchases"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/purchases/{purchase_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a purchase
         * @description With its payments.
         */
        get: operations["read_purchase"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/refund-requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List requests for refunds
         * @description Newest first: a user's own; everybody's for a service with the scope `purchases:read` and the operator.
         *     `?status=waiting` lists what is to be decided. Who approved is told by reading one.
         */
        get: operations["list_refund_requests"];
        put?: never;
        /**
         * Ask for a refund
         * @description A buyer asks for what they bought themselves, within the policy that was fixed when they bought it: so many days from
         *     the payment (`refund_days` of the item), of credits what is not spent, of an order while it is not delivered. Up to
         *     `[refunds] automatic_up_to` it is granted at once, and the refund is made in the next moments; above it waits until it
         *     is approved. A back end with the scope `refunds:write` and the operator may ask for anybody, and outside the policy too:
         *     then somebody always has to approve.
         */
        post: operations["request_refund"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/refund-requests/{request_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a request for a refund */
        get: operations["read_refund_request"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/refund-requests/{request_id}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Approve a refund
         * @description The last approval that is needed grants the refund, on the payment as it then stands; it is made in the next moments.
         *     Above `[refunds] four_eyes_above` whoever approves must be another than who asked, and above `two_approvals_above` it
         *     takes two.
         */
        post: operations["approve_refund_request"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/refund-requests/{request_id}/decline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Decline a refund
         * @description Nothing is given back. The reason is told to the buyer, who may ask again.
         */
        post: operations["decline_refund_request"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/refunds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List refunds
         * @description All refunds that Stripe told of, newest first, whoever made them.
         */
        get: operations["list_refunds"];
        put?: never;
        /**
         * Give money back
         * @description Makes a refund at Stripe, of all that can be given back or of a part, once for the Idempotency-Key. What was bought is
         *     taken back in the same share: credits out of the lot that the payment made first, and where they are spent already the
         *     user owes them. A refund that fails later gives back what was taken.
         */
        post: operations["create_refund"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/refunds/{refund_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a refund */
        get: operations["read_refund"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/seeded-data": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List seeded data
         * @description What a user's subscriptions began with, as the user has it now, in the order of the names.
         */
        get: operations["list_seeded_data"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/seeded-data/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read seeded data
         * @description One piece of a user's data. Send its `ETag` as If-Match to change it.
         */
        get: operations["read_seeded_data"];
        /**
         * Change seeded data
         * @description Writes a new value in place of the version that If-Match names. Of writers who have seen the same version one succeeds;
         *     the others are told 412 `etag_stale`.
         */
        put: operations["replace_seeded_data"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stripe/create-checkout-session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start a checkout
         * @description Writes the purchase, makes a checkout session at Stripe and gives its page. Nothing is handed over before Stripe's
         *     signed event says that the money is there. A repeat with the same Idempotency-Key leads to the same session.
         */
        post: operations["create_checkout_session"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stripe/create-subscription": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin a subscription without a checkout page
         * @description It is paid with the payment method that the user saved. Where the bank refuses or wants to ask the buyer, the subscription
         *     stands `incomplete`, and the answer says how the buyer can pay: with the client secret, or on Stripe's page.
         */
        post: operations["create_subscription"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stripe/customer-portal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Open the customer portal
         * @description Stripe's page on which the user sees their invoices, changes what they pay with, and ends a subscription.
         */
        get: operations["open_customer_portal"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stripe/products": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what is for sale
         * @description The catalogue as declared in the catalogue file, with prices in minor units by currency; plans that are no longer on
         *     sale are left out. Needs no authentication.
         */
        get: operations["list_products"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stripe/subscriptions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a user's subscriptions
         * @description Newest first, those that are over too, as the verified events have told of them.
         */
        get: operations["list_subscriptions"];
        put?: never;
        post?: never;
        /**
         * End a subscription
         * @description With the period that is paid for, or at once. A repeat does nothing more, so no Idempotency-Key is needed.
         */
        delete: operations["cancel_subscription"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stripe/webhook": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Receive an event from Stripe
         * @description Verifies the signature over the raw bytes, keeps the event, and answers only after the durable commit: 2xx means it
         *     is in the store and will be handled once. The same handler answers at `/api/webhooks/stripe`,
         *     `/api/payments/webhook` and `/stripe-webhook`. No Idempotency-Key is needed: the event's id is one.
         */
        post: operations["receive_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/subscriptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List everybody's subscriptions
         * @description Newest first, those that are over too. A service needs the scope `subscriptions:read`. Those of one user, for that user:
         *     `GET /api/stripe/subscriptions/{user_id}`.
         */
        get: operations["list_all_subscriptions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/subscriptions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read anybody's subscription
         * @description With what it brings in a month. A service needs the scope `subscriptions:read`.
         */
        get: operations["read_subscription"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/subscriptions/{id}/change": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change the plan of a subscription
         * @description Up or down, to another plan of the same group, in the currency that is paid. What is to be paid at once and cannot be
         *     is 402 `payment_failed`, and then nothing was changed.
         */
        post: operations["change_subscription"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/subscriptions/{id}/change/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Preview a change of plan
         * @description What the change would cost now, as Stripe reckons it. Nothing is changed by looking.
         */
        get: operations["preview_subscription_change"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/subscriptions/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let a subscription go on
         * @description An end that was set is taken back, and a pause is over. One that is over cannot go on.
         */
        post: operations["resume_subscription"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/subscriptions/{user_id}/invoices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a user's invoices
         * @description Newest first, with Stripe's pages where they can be read and paid, as Stripe has them now.
         */
        get: operations["list_subscription_invoices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/updates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow what changes
         * @description Server-sent events about a user: `wallet`, and `subscription` for each group of plans, at once and whenever they change,
         *     `order`, `booking` and `notice` when one is new or has changed. The stream ends after a minute; ask again with the
         *     `Last-Event-ID`, and nothing is missed.
         */
        get: operations["stream_updates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List users
         * @description Everybody who has a customer at Stripe, a wallet or an e-mail address here, in the order of their ids; or those whom
         *     `search` finds. A service needs the scope `reports:read`.
         */
        get: operations["list_users"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/{user_id}/contact": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read where a user is reached */
        get: operations["read_contact"];
        /**
         * Say where a user is reached
         * @description E-mails to the user go there from now on. Only a service with the scope `contacts:write` and the operator may say so.
         */
        put: operations["change_contact"];
        post?: never;
        /**
         * Forget where a user is reached
         * @description They get no e-mails any more.
         */
        delete: operations["remove_contact"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/{user_id}/timeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read what happened to a user
         * @description Purchases, paid invoices, payments, refunds, disputes, changes of orders, of subscriptions and of credits, and notices,
         *     newest first. A service needs the scope `reports:read`.
         */
        get: operations["read_user_timeline"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhook-endpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List endpoints
         * @description Newest first, without their secrets.
         */
        get: operations["list_webhook_endpoints"];
        put?: never;
        /**
         * Register an endpoint
         * @description Messages of the types that are wanted are sent there from now on, signed as Standard Webhooks defines it. The answer holds
         *     the secret, which is shown nowhere else.
         */
        post: operations["create_webhook_endpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhook-endpoints/{endpoint_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read an endpoint
         * @description How it goes with it, without its secret.
         */
        get: operations["read_webhook_endpoint"];
        put?: never;
        post?: never;
        /**
         * Remove an endpoint
         * @description Nothing is sent there any more, not what is on its way either.
         */
        delete: operations["remove_webhook_endpoint"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhook-endpoints/{endpoint_id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what was sent
         * @description The deliveries of an endpoint, newest first.
         */
        get: operations["list_webhook_deliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhook-endpoints/{endpoint_id}/deliveries/{delivery_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a delivery
         * @description With the body as it is sent, and the log of its attempts: when, what was answered, how long it took.
         */
        get: operations["read_webhook_delivery"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhook-endpoints/{endpoint_id}/enable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Enable an endpoint
         * @description Sends to an endpoint again that was disabled, beginning with what was on its way. What was decided meanwhile was not
         *     kept for it.
         */
        post: operations["enable_webhook_endpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhook-endpoints/{endpoint_id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send again
         * @description Sends messages once more, under the same `webhook-id`, from the beginning of the schedule: one, those of a time, or those
         *     that failed. With `dry_run` they are only counted.
         */
        post: operations["replay_webhook_deliveries"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhook-endpoints/{endpoint_id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Rotate a secret
         * @description Makes a new secret, which is in the answer and nowhere else. During the overlap messages carry a signature by each, so the
         *     receiver can change over at any moment of it.
         */
        post: operations["rotate_webhook_secret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/calendars/{feed}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a calendar feed
         * @description iCalendar (RFC 5545). The secret in the path is all that it needs.
         */
        get: operations["read_calendar_feed"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/checkout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start a checkout for credits
         * @description The short form that buys credit packs; otherwise the same as `POST /api/stripe/create-checkout-session`.
         */
        post: operations["checkout_credits"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/livez": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the process lives
         * @description Answers as long as the process can answer at all; says nothing about the store. Also at `/healthz`.
         */
        get: operations["get_liveness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What the process measures
         * @description Metrics in the text form that Prometheus reads. Open on a developer's machine; a server with a public address asks
         *     for the admin token or the scope `metrics:read`, unless it runs with `--open-metrics`.
         */
        get: operations["get_metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/payment/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show what was not bought
         * @description The page that Stripe sends the buyer to who turned back, with a way to try again.
         */
        get: operations["read_payment_cancel"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/payment/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read where a purchase stands, by its session
         * @description For the success page, which has no token: the session's id is known to nobody but the buyer.
         */
        get: operations["read_payment_status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/payment/success": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show what was bought
         * @description The page that Stripe sends the buyer to after payment. It shows what the verified events have settled, and asks
         *     Stripe once where they have not arrived yet.
         */
        get: operations["read_payment_success"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the process can serve
         * @description 200 while the store answers and nobody asked the process to stop, else 503: a load balancer sends requests elsewhere.
         */
        get: operations["get_readiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/internal/stripe-webhook": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Receive events from an edge
         * @description For `paydesk edge` and nobody else; there where `PAYDESK_INTERNAL_SECRET` is set, on the internal listener where there is
         *     one. The body is a group of events that the edge has verified. `Paydesk-Signature` proves the edge and covers the time
         *     and the whole body, and the answer carries one of its own. An event is `kept` or `duplicate` only after the durable
         *     commit. A repeat within the 300 seconds that a signature is good for is harmless: events are kept once.
         */
        post: operations["receive_forwarded"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description Who is signed in at the account pages. */
        AccountSessionOut: {
            /** @description The user. */
            user_id: components["schemas"]["UserId"];
            /** @description When they have to come from the application again. */
            ends_at: components["schemas"]["Moment"];
        };
        /** @description Credits to be given. */
        AddIn: {
            /**
             * Format: int64
             * @description How many credits, from 1.
             * @example 5
             */
            amount: number;
            /**
             * @description Why; kept with the transfer.
             * @example welcome
             */
            reason: string;
            key_id?: components["schemas"]["KeyId"] | null;
            /**
             * Format: date-time
             * @description When they end, RFC 3339; never where it is left out.
             * @example 2027-01-01T00:00:00Z
             */
            expires_at?: string | null;
            /**
             * Format: int64
             * @description Credits of a lower number are used first, from -100 to 100; 0 where it is left out.
             * @example 0
             */
            priority?: number | null;
        };
        /** @description What became of the events of a group, in their order. */
        AnswerOut: {
            /** @description One entry for each event. */
            events: components["schemas"]["FateOut"][];
        };
        /**
         * @description Who is to work on an order.
         * @example {
         *       "reviewer_id": "grace"
         *     }
         */
        AssignmentIn: {
            reviewer_id?: components["schemas"]["UserId"] | null;
        };
        /** @description A purchase that was begun by itself. */
        AttemptOut: {
            /** @description `pur_…`. */
            purchase_id: string;
            /** @description Where it stands. */
            status: components["schemas"]["PurchaseStatus"];
            /** @description Why it failed, in Stripe's word, such as `insufficient_funds` or `authentication_required`. */
            failure?: string | null;
            /** @description When it was begun. */
            created_at: components["schemas"]["Moment"];
        };
        /**
         * @description When a builder is there.
         * @example {
         *       "time_zone": "Europe/London",
         *       "weekly": {
         *         "monday": [
         *           {
         *             "from": "09:00",
         *             "to": "12:30"
         *           }
         *         ]
         *       },
         *       "exceptions": [
         *         {
         *           "date": "2026-12-24",
         *           "hours": []
         *         }
         *       ]
         *     }
         */
        AvailabilityIn: {
            /**
             * @description The builder's time zone, an IANA name.
             * @example Europe/London
             */
            time_zone: string;
            /** @description The hours of every week. */
            weekly?: components["schemas"]["WeeklyIn"];
            /** @description The dates on which others hold, in their order. */
            exceptions?: components["schemas"]["ExceptionIn"][];
        };
        /** @description When a builder is there, as it is kept. */
        AvailabilityOut: {
            /** @description Whose. */
            builder_id: components["schemas"]["UserId"];
            /**
             * @description The builder's time zone.
             * @example Europe/London
             */
            time_zone: string;
            /** @description The hours of every week. */
            weekly: components["schemas"]["WeeklyIn"];
            /** @description The dates on which others hold. */
            exceptions: components["schemas"]["ExceptionIn"][];
            /**
             * @description What to send as If-Match to change it.
             * @example "1"
             */
            etag: string;
            updated_at?: components["schemas"]["Moment"] | null;
        };
        /** @description Money on its way from a connected account to its owner's bank. */
        BankPayoutOut: {
            /**
             * @description The payout at Stripe.
             * @example po_1a2b
             */
            payout_id: string;
            /**
             * Format: int64
             * @description How much, in minor units.
             * @example 3430
             */
            amount_minor: number;
            /**
             * @description The currency of the amount.
             * @example usd
             */
            currency: string;
            /** @description Where it stands. One that is paid can still fail. */
            status: components["schemas"]["BankPayoutStatus"];
            /**
             * @description Why it failed, in Stripe's word.
             * @example account_closed
             */
            failure_code?: string | null;
            /** @description The same in Stripe's words. */
            failure_message?: string | null;
            arrives_at?: components["schemas"]["Moment"] | null;
            /** @description When it was made. */
            created_at: components["schemas"]["Moment"];
        };
        /**
         * @description Where a payout stands, in the order in which it may go on. One that is paid can still come back.
         * @enum {string}
         */
        BankPayoutStatus: "pending" | "in_transit" | "paid" | "canceled" | "failed";
        /** @description The purchase behind a movement of credits, with the payment in question and its reversals. */
        Behind: {
            /** @description What was bought; its `payments` hold the one payment in question, where something was to be paid. */
            purchase: components["schemas"]["PurchaseOut"];
            /** @description The refunds of that payment. */
            refunds: components["schemas"]["RefundBehind"][];
            /** @description The disputes of that payment. */
            disputes: components["schemas"]["DisputeBehind"][];
        };
        /** @description A booking as the wire shows it. */
        BookingOut: {
            /**
             * @description `bkg_…`.
             * @example bkg_01k3vg6p9yfd5a1h0c9w8t2m4q
             */
            booking_id: string;
            /** @description Who comes. */
            client_id: components["schemas"]["UserId"];
            /** @description Who gives the session. */
            builder_id: components["schemas"]["UserId"];
            /**
             * @description Which session type.
             * @example mentoring
             */
            session_type_id: string;
            /** @description The purchase that pays for it. */
            purchase_id: string;
            /** @description When it begins. */
            starts_at: components["schemas"]["Moment"];
            /** @description When it ends. */
            ends_at: components["schemas"]["Moment"];
            /** @description Where it stands. */
            status: components["schemas"]["BookingStatus"];
            /**
             * Format: int64
             * @description What it costs, in minor units.
             * @example 6000
             */
            amount_minor: number;
            /**
             * @description The currency of the amounts.
             * @example usd
             */
            currency: string;
            /**
             * Format: int64
             * @description The platform's share of the amount, in minor units; not for the client.
             * @example 900
             */
            platform_fee_minor?: number | null;
            /** @description What goes back where the client cancels, as it was agreed on at the purchase. */
            refund_tiers: components["schemas"]["RefundTier"][];
            /**
             * Format: int64
             * @description The most that goes back where the client cancels, in percent: the share that was reached when they last moved it.
             * @example 100
             */
            refund_percent_max: number;
            /**
             * Format: int64
             * @description What was paid, in minor units.
             * @example 6000
             */
            paid_minor: number;
            /**
             * Format: int64
             * @description What of that is refunded or disputed, in minor units.
             * @example 0
             */
            refunded_minor: number;
            /** @description When it was made. */
            created_at: components["schemas"]["Moment"];
            /** @description When it last changed. */
            updated_at: components["schemas"]["Moment"];
            /** @description The booking that it moves to its time once it is paid; left out where it moves none. Such a one stands in no list. */
            moves?: string | null;
        };
        /**
         * @description Where a booking stands.
         * @enum {string}
         */
        BookingStatus: "pending" | "confirmed" | "released" | "cancelled" | "no_show" | "paid_unplaced" | "refunded" | "moved";
        /** @description How much of a hold is used. */
        CaptureIn: {
            /**
             * Format: int64
             * @description How many credits, from 1 to what is held; all of them where it is left out.
             * @example 3
             */
            amount?: number | null;
        };
        /** @description A change of a wallet. */
        ChangeIn: {
            /**
             * Format: int64
             * @description How many credits, from 1.
             * @example 5
             */
            amount: number;
            /**
             * @description Why; kept with the transfer.
             * @example one song
             */
            reason: string;
            key_id?: components["schemas"]["KeyId"] | null;
        };
        /** @description What a change came to, as the wire shows it. */
        Changed: {
            /** @description Whose wallet. */
            user_id: components["schemas"]["UserId"];
            key_id?: components["schemas"]["KeyId"] | null;
            /**
             * @description The id of the transfer in the ledger.
             * @example 9f86d081884c7d659a2feaa0c55ad015
             */
            transfer_id: string;
            /**
             * Format: int64
             * @description How many credits were moved.
             * @example 5
             */
            amount: number;
            /**
             * Format: int64
             * @description What the wallet holds afterwards.
             * @example 95
             */
            balance: number;
        };
        /**
         * @description A checkout to be started: an item of the catalogue, a session of one at a time, or an order made before.
         * @example {
         *       "item_id": "starter",
         *       "quantity": 1
         *     }
         */
        CheckoutIn: {
            /**
             * @description The item of the catalogue.
             * @example starter
             */
            item_id?: string | null;
            /** @description The order to pay for, in place of an item. */
            order_id?: string | null;
            starts_at?: components["schemas"]["Moment"] | null;
            /**
             * @description The buyer's booking to be moved to that session, where it costs more: the difference is paid, and once it is the booking
             *     has the other time.
             */
            booking_id?: string | null;
            /**
             * Format: int64
             * @description How many pieces; 1 where it is left out.
             * @default 1
             */
            quantity?: number;
            /**
             * @description The currency; the shop's own where it is left out.
             * @example usd
             */
            currency?: string | null;
            /** @description Where Stripe sends the buyer after payment; `{CHECKOUT_SESSION_ID}` in it is replaced. */
            success_url?: string | null;
            /** @description Where Stripe sends the buyer who turns back. */
            cancel_url?: string | null;
            user_id?: components["schemas"]["UserId"] | null;
        };
        /** @description Those who first paid for a subscription in one month. */
        CohortOut: {
            /** @description The first day of the month. */
            month: components["schemas"]["Day"];
            /**
             * Format: int64
             * @description How many.
             * @example 12
             */
            subscribers: number;
            /**
             * @description How many of them paid at the end of that month, of the next one, and so on, up to the month of the last day.
             * @example [
             *       12,
             *       11,
             *       9
             *     ]
             */
            active: number[];
            /**
             * @description What they brought in a month then, in minor units.
             * @example [
             *       12000,
             *       11500,
             *       9500
             *     ]
             */
            mrr_minor: number[];
        };
        /** @description A subscription after something was done with it. */
        CommandOut: {
            /** @description The subscription as it now stands. */
            subscription: components["schemas"]["SubscriptionOut"];
            /** @description With which the buyer confirms the first payment, where that is needed. */
            client_secret?: string | null;
            /** @description Stripe's page where the buyer can make the first payment, where that is needed. */
            hosted_invoice_url?: string | null;
        };
        /** @description Who is signed in at the console. */
        ConsoleSessionOut: {
            /**
             * @description Their id, under which what they do is recorded.
             * @example op_01k3vg6p9yfd5a1h0c9w8t2m4q
             */
            operator_id: string;
            /**
             * @description What they are called.
             * @example Ada
             */
            name: string;
            /** @description What they may do. */
            role: components["schemas"]["Role"];
            /**
             * @description Where Stripe's own pages about this shop's money begin; absent where a sandbox stands in Stripe's place.
             * @example https://dashboard.stripe.com/test
             */
            stripe_dashboard?: string | null;
            /** @description When they have to sign in again. */
            ends_at: components["schemas"]["Moment"];
        };
        /** @description Where a user is reached. */
        ContactIn: {
            /**
             * @description Their e-mail address, which the application has made sure of.
             * @example ada@example.com
             */
            email: string;
        };
        /** @description A contact as the wire shows it. */
        ContactOut: {
            /** @description Who. */
            user_id: components["schemas"]["UserId"];
            /**
             * @description Their e-mail address.
             * @example ada@example.com
             */
            email: string;
            /** @description When it was told. */
            updated_at: components["schemas"]["Moment"];
        };
        /** @description What a wallet holds. */
        CreditsHeld: {
            /**
             * Format: int64
             * @description Credits that may be spent.
             * @example 100
             */
            balance: number;
            /**
             * Format: int64
             * @description Credits that are reserved by holds.
             * @example 0
             */
            held: number;
            /**
             * Format: int64
             * @description Credits that are owed.
             * @example 0
             */
            owed: number;
            /** @description Whether spending is refused for now, because a payment is disputed. */
            frozen: boolean;
        };
        /** @description Prepaid credits. */
        CreditsOut: {
            /**
             * Format: int64
             * @description Bought, or come with a plan.
             * @example 10000
             */
            granted: number;
            /**
             * Format: int64
             * @description Given by an operator.
             * @example 100
             */
            added: number;
            /**
             * Format: int64
             * @description Spent, and captured of holds.
             * @example 7000
             */
            used: number;
            /**
             * Format: int64
             * @description How often.
             * @example 700
             */
            uses: number;
            /**
             * Format: int64
             * @description Expired before they were used.
             * @example 50
             */
            expired: number;
            /**
             * Format: int64
             * @description Taken back by an operator.
             * @example 0
             */
            removed: number;
            /**
             * Format: int64
             * @description Taken back because their payment was reversed, less where it came back.
             * @example 500
             */
            clawed_back: number;
            /**
             * Format: int64
             * @description What users have at the end of the last day, in wallets and holds, less what they owe.
             * @example 52550
             */
            liability: number;
        };
        /** @description Credits that every paid cycle grants. */
        CycleCreditsOut: {
            /**
             * Format: int64
             * @description How many.
             */
            amount: number;
            /** @description Whether they outlive the cycle. */
            roll_over: boolean;
            /**
             * Format: int64
             * @description Credits of a lower number are used first.
             */
            priority: number;
        };
        /** @description What an operator reads: money in one currency, and what has no currency besides. */
        DashboardOut: {
            /**
             * @description The currency of every amount of money.
             * @example usd
             */
            currency: string;
            /**
             * @description Every currency that there are figures in, of any day.
             * @example [
             *       "eur",
             *       "usd"
             *     ]
             */
            currencies: string[];
            /** @description The first day. */
            from: components["schemas"]["Day"];
            /** @description The last day. */
            to: components["schemas"]["Day"];
            /** @description What each point of the series covers. */
            interval: components["schemas"]["ReportInterval"];
            /** @description When this was read. What was written up to about a minute before is counted. */
            as_of: components["schemas"]["Moment"];
            /** @description The whole span. */
            totals: components["schemas"]["FiguresOut"];
            /** @description The span by interval, the oldest first, with no gaps. */
            series: components["schemas"]["PointOut"][];
            /** @description Those who first paid for a subscription in each of the twelve months up to the last day, the oldest month first. */
            cohorts: components["schemas"]["CohortOut"][];
            /** @description How webhooks stand now. */
            webhooks: components["schemas"]["WebhooksOut"];
            /**
             * Format: int64
             * @description Subscriptions with an overdue payment now, in any currency.
             * @example 2
             */
            past_due_subscriptions: number;
        };
        /**
         * Format: date
         * @description A day, UTC.
         * @example 2026-01-31
         */
        Day: string;
        /** @description What was delivered for an order. */
        DeliveredOut: {
            /**
             * @description Where it is.
             * @example [
             *       "https://files.example/review.pdf"
             *     ]
             */
            links: string[];
            /** @description What is said about it. */
            note?: string | null;
            /** @description When. */
            delivered_at: components["schemas"]["Moment"];
        };
        /**
         * @description Where a delivery stands.
         * @enum {string}
         */
        DeliveryStatus: "pending" | "sent" | "failed" | "refused";
        /** @description A dispute of the payment in question. */
        DisputeBehind: {
            /**
             * @description `dp_…`.
             * @example dp_1QxYzA2eZvKYlo2C
             */
            dispute_id: string;
            /**
             * Format: int64
             * @description How much, in minor units of the payment's currency.
             */
            amount_minor: number;
            /** @description Where it stands. */
            status: components["schemas"]["DisputeStatus"];
            /**
             * @description Why, in Stripe's words.
             * @example fraudulent
             */
            reason?: string | null;
            /** @description When it was opened at Stripe. */
            created_at: components["schemas"]["Moment"];
        };
        /** @description A dispute as the wire shows it. */
        DisputeOut: {
            /**
             * @description The dispute at Stripe.
             * @example dp_1QK
             */
            dispute_id: string;
            /**
             * @description The payment it questions.
             * @example pi_3QK
             */
            payment_intent_id: string;
            /** @description The purchase that the payment was for, once that is known. */
            purchase_id?: string | null;
            user_id?: components["schemas"]["UserId"] | null;
            /**
             * Format: int64
             * @description How much is questioned, in minor units.
             * @example 500
             */
            amount_minor: number;
            /**
             * @description The currency.
             * @example usd
             */
            currency: string;
            /** @description Where it stands. */
            status: components["schemas"]["DisputeStatus"];
            /** @description Why, in Stripe's words. */
            reason?: string | null;
            /**
             * Format: int64
             * @description How much of the payment it takes away now, in minor units.
             * @example 500
             */
            reversed_minor: number;
            evidence_due_at?: components["schemas"]["Moment"] | null;
            /** @description When it was opened. */
            created_at: components["schemas"]["Moment"];
        };
        /**
         * @description Where a dispute stands. The order is the order of certainty.
         * @enum {string}
         */
        DisputeStatus: "warning_needs_response" | "warning_under_review" | "warning_closed" | "needs_response" | "under_review" | "lost" | "appeal_needs_response" | "appeal_under_review" | "won" | "prevented";
        /** @description What somebody earned of one sale. Amounts are in minor units of the currency. */
        EarningOut: {
            /** @description `pln_…`; also the Idempotency-Key and the group of its transfer at Stripe. */
            line_id: string;
            /** @description The sale: `order:ord_…` or `booking:bkg_…`. */
            sale: string;
            /**
             * @description The currency of the amounts.
             * @example usd
             */
            currency: string;
            /**
             * Format: int64
             * @description What the buyer paid.
             * @example 4900
             */
            gross_minor: number;
            /**
             * Format: int64
             * @description What of that was given back or is disputed.
             * @example 0
             */
            refunded_minor: number;
            /**
             * Format: int64
             * @description What the platform keeps.
             * @example 1470
             */
            fee_minor: number;
            /**
             * Format: int64
             * @description What is earned.
             * @example 3430
             */
            earned_minor: number;
            /**
             * Format: int64
             * @description What was transferred, or is being.
             * @example 3430
             */
            transferred_minor: number;
            /**
             * Format: int64
             * @description What of that was taken back, or is being.
             * @example 0
             */
            taken_back_minor: number;
            /**
             * Format: int64
             * @description What of it paid what was owed for other sales; negative where others paid for this one.
             * @example 0
             */
            offset_minor: number;
            /**
             * Format: int64
             * @description What is still owed to the earner; negative where they owe it, and later earnings pay it first.
             * @example 0
             */
            outstanding_minor: number;
            /** @description From when on it is transferred. */
            payable_at: components["schemas"]["Moment"];
            /** @description When the sale was earned. */
            earned_at: components["schemas"]["Moment"];
        };
        /** @description Something an event did. */
        EffectOut: {
            /**
             * @description What kind of thing.
             * @example grant
             */
            kind: string;
            /**
             * @description The business key that made it happen once.
             * @example grant:pi_3QxYzA2eZvKYlo2C
             */
            key: string;
        };
        /** @description What a user may do. */
        Entitlements: {
            /** @description Who. */
            user_id: components["schemas"]["UserId"];
            /**
             * @description What the application calls users of their plan; with plans of several groups, that of `main`, else of the first.
             * @example pro
             */
            tier: string;
            /**
             * @description What they may use.
             * @example [
             *       "stems",
             *       "priority-support"
             *     ]
             */
            features: string[];
            /**
             * @description How much of something they may use.
             * @example {
             *       "projects": 20
             *     }
             */
            limits: {
                [key: string]: number;
            };
            /** @description Their own credits. */
            credits: components["schemas"]["CreditsHeld"];
            /** @description What they have in each group of plans that they ever subscribed to. */
            subscriptions: components["schemas"]["Subscribed"][];
        };
        /** @description An event of Stripe that something follows from. */
        EventBehind: {
            /**
             * @description `evt_…`.
             * @example evt_1QxYzA2eZvKYlo2C
             */
            id: string;
            /**
             * @description Stripe's type.
             * @example checkout.session.completed
             */
            type: string;
            /** @description When it happened at Stripe. */
            created_at: components["schemas"]["Moment"];
        };
        /** @description A message about something an event did, on its way to an endpoint. */
        EventDeliveryOut: {
            /** @description To whom: an endpoint for webhooks, or the mail server. */
            endpoint_id: string;
            /**
             * Format: int64
             * @description The delivery's number.
             */
            delivery_id: number;
            /**
             * @description The message.
             * @example msg_7b1d0c6f5f6e4f6b9c1f2a3b4c5d6e7f
             */
            message_id: string;
            /**
             * @description The message's type.
             * @example credits.granted
             */
            type: string;
            /** @description Where it stands. */
            status: components["schemas"]["DeliveryStatus"];
            /**
             * Format: int64
             * @description Attempts since it was written or replayed, the one under way included.
             */
            attempts: number;
            /** @description What went wrong last. */
            last_error?: string | null;
            /** @description When it was written. */
            created_at: components["schemas"]["Moment"];
            ended_at?: components["schemas"]["Moment"] | null;
        };
        /** @description An event as the wire shows it. */
        EventOut: {
            /**
             * @description `evt_…`.
             * @example evt_1QxYzA2eZvKYlo2C
             */
            id: string;
            /**
             * Format: int64
             * @description Its number here, in the order of arrival.
             */
            event_id: number;
            /**
             * @description Stripe's type.
             * @example checkout.session.completed
             */
            type: string;
            /** @description The object it is about. */
            object_id: string;
            /** @description The connected account; empty for our own. */
            account: string;
            /** @description When it happened at Stripe. */
            created_at: components["schemas"]["Moment"];
            /** @description When it came here. */
            received_at: components["schemas"]["Moment"];
            handled_at?: components["schemas"]["Moment"] | null;
            /** @description Where it stands. */
            status: components["schemas"]["EventStatus"];
            /**
             * Format: int64
             * @description How often it was tried.
             */
            attempts: number;
            /** @description What went wrong last. */
            last_error?: string | null;
            /** @description What it did; only where one event is read. */
            effects?: components["schemas"]["EffectOut"][] | null;
            /** @description What it moved in the ledger; only where one event is read. */
            transfers?: components["schemas"]["LedgerTransferOut"][] | null;
            /** @description Who was told of what it did; only where one event is read. */
            deliveries?: components["schemas"]["EventDeliveryOut"][] | null;
            /** @description The event as received; only where one event is read. */
            payload?: Record<string, unknown> | null;
        };
        /**
         * @description Where an event stands.
         * @enum {string}
         */
        EventStatus: "received" | "retrying" | "processed" | "ignored" | "dead";
        /** @description Events from Stripe, by the day on which they came. */
        EventsOut: {
            /**
             * Format: int64
             * @description That came in.
             * @example 1200
             */
            received: number;
            /**
             * Format: int64
             * @description Those of them that are dead now; of the newest thousand dead ones.
             * @example 0
             */
            dead: number;
        };
        /** @description A date on which other hours hold. */
        ExceptionIn: {
            /**
             * Format: date
             * @description The date in the builder's time zone.
             * @example 2026-12-24
             */
            date: string;
            /** @description The hours; none for a day off. */
            hours?: components["schemas"]["HoursIn"][];
        };
        /** @description Why credits are owed. */
        ExplainedDebt: {
            /**
             * Format: int64
             * @description What is left of it.
             * @example 5
             */
            left: number;
            /** @description The transfer that made the debt. */
            transfer: components["schemas"]["HistoryEntry"];
            bought?: components["schemas"]["Behind"] | null;
        };
        /** @description Credits that are set aside. */
        ExplainedHold: {
            /** @description The hold. */
            hold: components["schemas"]["HoldOut"];
            /** @description The lots that it was drawn from, and goes back to. */
            lots: components["schemas"]["PartOfLot"][];
        };
        /** @description An open lot and where it came from. */
        ExplainedLot: {
            /**
             * Format: int64
             * @description Its number in the wallet.
             * @example 1
             */
            lot: number;
            /**
             * Format: int64
             * @description What is left of it.
             * @example 95
             */
            amount: number;
            /**
             * Format: int64
             * @description Lots of a lower number are used first.
             * @example 0
             */
            priority: number;
            expires_at?: components["schemas"]["Moment"] | null;
            /**
             * @description How it came about: the transfer that made it, and where that was a move between wallets, how the lot it was moved from
             *     came about, and so on, up to 16 transfers.
             */
            origins: components["schemas"]["ExplainedOrigin"][];
        };
        /** @description A transfer that made a lot, and what caused it. */
        ExplainedOrigin: {
            /** @description The API key in whose wallet the lot was made; absent for the user's own. */
            key_id?: string | null;
            /**
             * Format: int64
             * @description The number of that lot.
             * @example 1
             */
            lot: number;
            /**
             * Format: int64
             * @description How many credits it began with.
             * @example 100
             */
            amount: number;
            /** @description The transfer, with the event behind it, or the reason that was given with the request. */
            transfer: components["schemas"]["HistoryEntry"];
            bought?: components["schemas"]["Behind"] | null;
        };
        /** @description Why a wallet holds what it holds. */
        Explanation: {
            /** @description Whose. */
            user_id: components["schemas"]["UserId"];
            key_id?: components["schemas"]["KeyId"] | null;
            /** @description The moment that all of this was true at. */
            at: components["schemas"]["Moment"];
            /**
             * Format: int64
             * @description Credits that may be spent: `balance_before`, the amounts of `lots` and `balance_behind` together.
             * @example 95
             */
            balance: number;
            /**
             * Format: int64
             * @description How many open lots it is made of.
             * @example 1
             */
            lots_open: number;
            /**
             * Format: int64
             * @description What the lots of the pages before hold.
             * @example 0
             */
            balance_before: number;
            /** @description A page of the open lots, in the order in which they are used. */
            lots: components["schemas"]["ExplainedLot"][];
            /**
             * Format: int64
             * @description What the lots of the pages behind hold.
             * @example 0
             */
            balance_behind: number;
            /**
             * @description What to give as `after` for the next page of lots; absent on the last one.
             * @example 0.9223372036854775807.12
             */
            next?: string | null;
            /**
             * Format: int64
             * @description Credits whose time is over and that were not taken out yet. They are no part of the balance.
             * @example 0
             */
            ended: number;
            /**
             * Format: int64
             * @description Credits that are set aside: the amounts of `holds` and `held_unlisted` together.
             * @example 0
             */
            held: number;
            /** @description What they are set aside for, newest first, up to 100. */
            holds: components["schemas"]["ExplainedHold"][];
            /**
             * Format: int64
             * @description What older holds set aside than those that are listed.
             * @example 0
             */
            held_unlisted: number;
            /**
             * Format: int64
             * @description Credits that are owed: the `left` of `debts` and `owed_unlisted` together.
             * @example 0
             */
            owed: number;
            /** @description Why they are owed, newest first, up to 100. What came in paid down the oldest first. */
            debts: components["schemas"]["ExplainedDebt"][];
            /**
             * Format: int64
             * @description What is owed for older reasons than those that are listed.
             * @example 0
             */
            owed_unlisted: number;
            /** @description Whether spending is refused for now, because a payment is disputed. */
            frozen: boolean;
        };
        /**
         * @description Payments an attempt at which failed, by the day on which the payment began. Renewals of subscriptions are not among
         *     them: those show as past due.
         */
        FailedOut: {
            /**
             * Format: int64
             * @description How many.
             * @example 5
             */
            failed: number;
            /**
             * Format: int64
             * @description What they would have come to, in minor units.
             * @example 12000
             */
            failed_minor: number;
            /**
             * Format: int64
             * @description Those of them that were paid later.
             * @example 3
             */
            recovered: number;
            /**
             * Format: int64
             * @description What those came to, in minor units.
             * @example 9000
             */
            recovered_minor: number;
        };
        /** @description What became of an event. */
        FateOut: {
            /**
             * @description Stripe's id of the event; empty where the bytes are no event.
             * @example evt_1QxYzA2eZvKYlo2C
             */
            id: string;
            /** @description What became of it. */
            outcome: components["schemas"]["HopOutcome"];
            /** @description Where it was refused: why, as the `code` of a problem. */
            code?: string | null;
            /** @description Where it was refused: the same in a sentence. */
            detail?: string | null;
        };
        /**
         * @description A feed to be made.
         * @example {
         *       "part": "client"
         *     }
         */
        FeedIn: {
            /** @description Of the sessions that the user booked, or of those that they give. */
            part: components["schemas"]["FeedPart"];
            user_id?: components["schemas"]["UserId"] | null;
        };
        /** @description A feed that is there. */
        FeedMadeOut: {
            /** @description Of the sessions that the user booked, or of those that they give. */
            part: components["schemas"]["FeedPart"];
            /** @description When its address was made. */
            made_at: components["schemas"]["Moment"];
        };
        /** @description A feed of a user's sessions. */
        FeedOut: {
            /** @description Whose. */
            user_id: components["schemas"]["UserId"];
            /** @description Of the sessions that they booked, or of those that they give. */
            part: components["schemas"]["FeedPart"];
            /**
             * @description The address for the calendar. It is secret, and shown this once: a repeat of the request has none.
             * @example https://pay.example.com/calendars/cal_5f….ics
             */
            url?: string | null;
        };
        /**
         * @description Which sessions of a user a calendar shows.
         * @enum {string}
         */
        FeedPart: "client" | "builder";
        /** @description The feeds of a user. */
        FeedsOut: {
            /** @description Each part at most once. */
            data: components["schemas"]["FeedMadeOut"][];
        };
        /**
         * @description What may be entered into a field.
         * @enum {string}
         */
        FieldKind: "text" | "long_text" | "url";
        /** @description One field of an order. */
        FieldOut: {
            /** @description Its name in requests. */
            name: string;
            /** @description What a form shows. */
            label: string;
            /** @description What may be entered. */
            kind: components["schemas"]["FieldKind"];
            /** @description Whether it must be filled in. */
            required: boolean;
        };
        /** @description What happened in some days, and how things stood at their end. */
        FiguresOut: {
            /** @description Money that came and went. */
            revenue: components["schemas"]["RevenueOut"];
            /** @description Monthly recurring revenue. */
            mrr: components["schemas"]["MrrOut"];
            /** @description Users who pay for a subscription. */
            subscribers: components["schemas"]["SubscribersOut"];
            /** @description Payments that failed. */
            failed_payments: components["schemas"]["FailedOut"];
            /** @description Prepaid credits, of all currencies. */
            credits: components["schemas"]["CreditsOut"];
            /** @description Events from Stripe. */
            events: components["schemas"]["EventsOut"];
        };
        /** @description A bank's warning of fraud, as the wire shows it. */
        FraudWarningOut: {
            /**
             * @description The warning at Stripe.
             * @example issfr_1QK
             */
            warning_id: string;
            /**
             * @description The payment it is about.
             * @example pi_3QK
             */
            payment_intent_id: string;
            /** @description The purchase that the payment was for, once that is known. */
            purchase_id?: string | null;
            user_id?: components["schemas"]["UserId"] | null;
            /** @description Why, in Stripe's words. */
            fraud_type?: string | null;
            /** @description Whether a refund can still prevent a dispute. */
            is_actionable: boolean;
            /** @description When it came. */
            created_at: components["schemas"]["Moment"];
        };
        /** @description A transfer as its wallet sees it. */
        HistoryEntry: {
            /**
             * @description The id of the transfer in the ledger.
             * @example 9f86d081884c7d659a2feaa0c55ad015
             */
            transfer_id: string;
            /** @description When it was posted. */
            at: components["schemas"]["Moment"];
            /**
             * @description Why credits moved.
             * @example spend
             */
            code: string;
            /**
             * @description The same in plain words.
             * @example Used
             */
            what: string;
            /**
             * Format: int64
             * @description What came into the wallet; negative where it went out, 0 where only what is held or owed has changed.
             * @example -5
             */
            amount: number;
            /**
             * Format: int64
             * @description What the wallet held afterwards; absent where it was not touched.
             * @example 95
             */
            balance?: number | null;
            /**
             * Format: int64
             * @description By how much what is set aside has changed, where it has.
             */
            held?: number | null;
            /**
             * Format: int64
             * @description By how much what is owed has changed, where it has.
             */
            owed?: number | null;
            /**
             * @description The reason that was given.
             * @example one song
             */
            reason?: string | null;
            /** @description The lots of the wallet that were drawn from, made or filled. */
            lots: components["schemas"]["PartOfLot"][];
            /**
             * @description What made it happen once, where no request did.
             * @example grant:pi_3QxYzA2eZvKYlo2C
             */
            business_key?: string | null;
            /**
             * @description The payment that bought the credits, or that was reversed: a `PaymentIntent`, or the session where nothing was to be
             *     paid.
             * @example pi_3QxYzA2eZvKYlo2C
             */
            payment?: string | null;
            /**
             * @description The hold that it belongs to.
             * @example hold_01k3vg6p9yfd5a1h0c9w8t2m4q
             */
            hold_id?: string | null;
            other_wallet?: components["schemas"]["OtherWallet"] | null;
            event?: components["schemas"]["EventBehind"] | null;
        };
        /** @description Credits to be set aside. */
        HoldIn: {
            /**
             * Format: int64
             * @description How many credits, from 1.
             * @example 5
             */
            amount: number;
            /**
             * @description Why; kept with the hold.
             * @example a long render
             */
            reason: string;
            key_id?: components["schemas"]["KeyId"] | null;
            /**
             * Format: int64
             * @description After how many seconds it expires, 60 to 2592000; 3600 where it is left out.
             * @example 3600
             */
            expires_in_seconds?: number | null;
        };
        /** @description A hold as the wire shows it. */
        HoldOut: {
            /**
             * @description `hold_…`.
             * @example hold_01k3vg6p9yfd5a1h0c9w8t2m4q
             */
            hold_id: string;
            /** @description Whose credits. */
            user_id: components["schemas"]["UserId"];
            key_id?: components["schemas"]["KeyId"] | null;
            /**
             * Format: int64
             * @description How many credits were set aside.
             * @example 5
             */
            amount: number;
            /**
             * Format: int64
             * @description How many of them were used.
             * @example 0
             */
            captured: number;
            /** @description Where it stands. */
            status: components["schemas"]["HoldStatus"];
            /**
             * @description Why it was made.
             * @example a long render
             */
            reason: string;
            /** @description When it expires, or would have. */
            expires_at: components["schemas"]["Moment"];
            /** @description When it was made. */
            created_at: components["schemas"]["Moment"];
            ended_at?: components["schemas"]["Moment"] | null;
        };
        /**
         * @description Where a hold stands.
         * @enum {string}
         */
        HoldStatus: "held" | "captured" | "released" | "expired";
        /**
         * @description What can become of an event.
         * @enum {string}
         */
        HopOutcome: "kept" | "duplicate" | "refused" | "failed";
        /** @description Hours of a day, as the clock on the wall shows them. */
        HoursIn: {
            /**
             * @description From, a multiple of five minutes.
             * @example 09:00
             */
            from: string;
            /**
             * @description Until before; 24:00 is the end of the day.
             * @example 12:30
             */
            to: string;
        };
        /**
         * @description The unit of a billing cycle, in Stripe's words.
         * @enum {string}
         */
        Interval: "day" | "week" | "month" | "year";
        /** @description An invoice as the wire shows it. */
        InvoiceOut: {
            /**
             * @description The invoice at Stripe.
             * @example in_1QK
             */
            invoice_id: string;
            /** @description The number that the buyer reads. */
            number?: string | null;
            /** @description The subscription that it bills. */
            subscription_id?: string | null;
            /**
             * @description Where it stands, in Stripe's word.
             * @example paid
             */
            status: string;
            /**
             * @description Why it was made, in Stripe's word.
             * @example subscription_cycle
             */
            billing_reason?: string | null;
            /**
             * Format: int64
             * @description What it comes to, in minor units.
             * @example 2900
             */
            total_minor: number;
            /**
             * Format: int64
             * @description What is to be paid, in minor units.
             * @example 2900
             */
            amount_due_minor: number;
            /**
             * Format: int64
             * @description What has been paid, in minor units.
             * @example 2900
             */
            amount_paid_minor: number;
            /**
             * @description The currency.
             * @example usd
             */
            currency: string;
            /** @description Stripe's page, where it can be read and paid. */
            hosted_invoice_url?: string | null;
            /** @description The same to print. */
            invoice_pdf?: string | null;
            /** @description When it was made. */
            created_at: components["schemas"]["Moment"];
        };
        /**
         * @description The id of an API key that credits are set apart for: 1 to 64 letters, digits, `_` and `-`.
         * @example key_7f3a
         */
        KeyId: string;
        /** @description A key to be made. */
        KeyIn: {
            /**
             * @description What its owner calls it, 1 to 100 characters.
             * @example build server
             */
            name: string;
            user_id?: components["schemas"]["UserId"] | null;
        };
        /** @description A key as the wire shows it. */
        KeyOut: {
            /** @description `key_…`. */
            key_id: components["schemas"]["KeyId"];
            /** @description Whose. */
            user_id: components["schemas"]["UserId"];
            /**
             * @description What its owner calls it.
             * @example build server
             */
            name: string;
            /**
             * @description The subscription that it was issued for; absent where its owner made it.
             * @example sub_1PqV
             */
            subscription_id?: string | null;
            /** @description Where it stands. */
            status: components["schemas"]["KeyStatus"];
            /** @description When it was made or issued. */
            created_at: components["schemas"]["Moment"];
            secret_made_at?: components["schemas"]["Moment"] | null;
            suspended_at?: components["schemas"]["Moment"] | null;
            revoked_at?: components["schemas"]["Moment"] | null;
        };
        /**
         * @description Why a key is not accepted.
         * @enum {string}
         */
        KeyRefusal: "unknown" | "revoked" | "suspended" | "expired";
        /** @description A key with its secret, which is shown this once. */
        KeyShown: components["schemas"]["KeyOut"] & {
            /**
             * @description What its owner sends to the application. It is not shown again.
             * @example pdk_01k3vg6p9yfd5a1h0c9w8t2m4q_9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
             */
            secret: string;
        };
        /**
         * @description Where a key stands.
         * @enum {string}
         */
        KeyStatus: "unrevealed" | "active" | "suspended" | "revoked";
        /** @description What a transfer drew from a lot of a wallet, or put into it. */
        LedgerLotPartOut: {
            /**
             * Format: int64
             * @description Its number in its wallet, in the order in which they were made.
             * @example 1
             */
            number: number;
            /**
             * Format: int64
             * @description How much of it.
             * @example 100
             */
            amount: number;
            /**
             * Format: int64
             * @description Lots of a lower number are used first.
             * @example 0
             */
            priority: number;
            expires_at?: components["schemas"]["Moment"] | null;
        };
        /** @description One side of a transfer. */
        LedgerSideOut: {
            /**
             * @description The account.
             * @example credits:wallet:ada
             */
            account: string;
            /**
             * @description Whose it is; absent where it is an account of the house.
             * @example ada
             */
            user_id?: string | null;
            /** @description The API key that it is set apart for. */
            key_id?: string | null;
            /**
             * Format: int64
             * @description What it held afterwards; absent where it is an account of the house, which keeps no balance with its transfers.
             * @example 200
             */
            balance?: number | null;
            /** @description The lots of a wallet that were drawn from, made or filled. */
            lots: components["schemas"]["LedgerLotPartOut"][];
        };
        /** @description A transfer with both of its sides. */
        LedgerTransferDetailOut: components["schemas"]["LedgerTransferOut"] & {
            /**
             * @description Stripe's id of the event behind it; absent where there was none.
             * @example evt_1QxYzA2eZvKYlo2C
             */
            stripe_event_id?: string | null;
            /** @description Where it came from. */
            debit: components["schemas"]["LedgerSideOut"];
            /** @description Where it went to. */
            credit: components["schemas"]["LedgerSideOut"];
        };
        /** @description A transfer as it stands in the ledger. */
        LedgerTransferOut: {
            /**
             * Format: int64
             * @description Its place in the books, in the order of posting.
             * @example 4711
             */
            position: number;
            /**
             * @description Its id, in hexadecimal.
             * @example 7b1d0c6f5f6e4f6b9c1f2a3b4c5d6e7f
             */
            transfer_id: string;
            /**
             * @description What made it happen once; absent where a request did.
             * @example grant:pi_3QxYzA2eZvKYlo2C
             */
            business_key?: string | null;
            /**
             * @description The account that it came from.
             * @example credits:issued
             */
            debit_account: string;
            /**
             * @description The account that it went to.
             * @example credits:wallet:ada
             */
            credit_account: string;
            /**
             * @description What was moved: `credits`, or a currency.
             * @example credits
             */
            unit: string;
            /**
             * Format: int64
             * @description How much, in minor units where it is money.
             * @example 100
             */
            amount: number;
            /**
             * @description Why.
             * @example grant
             */
            code: string;
            /** @description The reason in somebody's words. */
            memo?: string | null;
            /**
             * @description Who gave the credits, took them back or moved them: `operator:…`, `service:…` with the token's id, or `admin`; absent of
             *     what else happens.
             * @example operator:op_01k3vg6p9yfd5a1h0c9w8t2m4q
             */
            made_by?: string | null;
            /**
             * Format: int64
             * @description The number of the event behind it; absent where there was none.
             */
            event_id?: number | null;
            /** @description When. */
            posted_at: components["schemas"]["Moment"];
        };
        /** @description One line of an invoice. */
        LineOut: {
            /**
             * Format: int64
             * @description What it comes to, in minor units.
             * @example 3500
             */
            amount_minor: number;
            /** @description Whether it is a part of a period. */
            is_proration: boolean;
            period_start_at?: components["schemas"]["Moment"] | null;
            period_end_at?: components["schemas"]["Moment"] | null;
        };
        /** @description A payment as lists show it. */
        ListedPaymentOut: {
            /**
             * @description The `PaymentIntent` at Stripe.
             * @example pi_3QxYzA2eZvKYlo2C
             */
            payment_intent_id: string;
            /** @description The charge at Stripe, once it is known. */
            charge_id?: string | null;
            user_id?: components["schemas"]["UserId"] | null;
            /** @description The purchase that it pays for: `pur_…`, or an invoice of a subscription. */
            purchase_id?: string | null;
            kind?: components["schemas"]["PurchaseKind"] | null;
            /**
             * @description Which item of the catalogue.
             * @example starter
             */
            item_id?: string | null;
            /**
             * Format: int64
             * @description How much, in minor units.
             * @example 2000
             */
            amount_minor: number;
            /**
             * Format: int64
             * @description What of it came, in minor units.
             * @example 2000
             */
            paid_minor: number;
            /**
             * Format: int64
             * @description How much went back to the buyer by refunds and disputes, in minor units.
             * @example 0
             */
            reversed_minor: number;
            /**
             * @description The currency of the amounts.
             * @example usd
             */
            currency: string;
            /**
             * Format: int64
             * @description What Stripe keeps of it, in minor units of `fee_currency`, once that is known.
             * @example 88
             */
            fee_minor?: number | null;
            /**
             * @description The currency of the fee: that of the balance at Stripe.
             * @example usd
             */
            fee_currency?: string | null;
            /** @description Where it stands. */
            status: components["schemas"]["PaymentStatus"];
            /** @description Whether an attempt at it ever failed. */
            has_failed: boolean;
            /** @description When it was first told of. */
            created_at: components["schemas"]["Moment"];
        };
        /** @description A subscription as lists show it. */
        ListedSubscriptionOut: components["schemas"]["SubscriptionOut"] & {
            /**
             * Format: int64
             * @description What it brings in a month now, in minor units.
             * @example 2900
             */
            mrr_minor: number;
            /**
             * @description The currency of that; absent where it never brought in anything.
             * @example usd
             */
            currency?: string | null;
        };
        /**
         * @description The types of messages: a closed list, part of the API.
         * @enum {string}
         */
        MessageType: "order.paid" | "order.delivered" | "booking.confirmed" | "booking.cancelled" | "booking.rescheduled" | "booking.released" | "booking.unplaced" | "refund.requested" | "refund.approved" | "refund.declined" | "refund.made" | "refund.failed" | "payout.failed" | "credits.granted" | "credits.clawed_back" | "credits.given_back" | "notice.low_balance" | "notice.top_up_failed" | "notice.top_up_needs_buyer" | "notice.payment_failed" | "notice.payment_needs_buyer" | "notice.trial_will_end" | "notice.grace_ended" | "notice.subscription_ended";
        /**
         * Format: date-time
         * @description A point in time, RFC 3339 in UTC.
         * @example 2026-01-31T12:00:00Z
         */
        Moment: string;
        /** @description Credits to be moved between two wallets of one user. */
        MoveIn: {
            /**
             * Format: int64
             * @description How many credits, from 1.
             * @example 5
             */
            amount: number;
            /**
             * @description Why; kept with the transfer.
             * @example for the build server
             */
            reason: string;
            from_key_id?: components["schemas"]["KeyId"] | null;
            to_key_id?: components["schemas"]["KeyId"] | null;
        };
        /**
         * @description Monthly recurring revenue, in minor units: what active and past-due subscriptions bring in a month, before discounts
         *     and taxes. Trials and subscriptions whose collection is paused bring in nothing.
         */
        MrrOut: {
            /**
             * Format: int64
             * @description Before the first day.
             * @example 100000
             */
            start_minor: number;
            /**
             * Format: int64
             * @description From users who pay for the first time.
             * @example 12000
             */
            new_minor: number;
            /**
             * Format: int64
             * @description More from users who paid before.
             * @example 3000
             */
            expansion_minor: number;
            /**
             * Format: int64
             * @description Less from users who go on paying; not negative.
             * @example 1000
             */
            contraction_minor: number;
            /**
             * Format: int64
             * @description From users who stopped paying; not negative.
             * @example 4000
             */
            churn_minor: number;
            /**
             * Format: int64
             * @description From users who pay again.
             * @example 0
             */
            reactivation_minor: number;
            /**
             * Format: int64
             * @description At the end of the last day.
             * @example 110000
             */
            end_minor: number;
            /**
             * Format: int64
             * @description Contraction and churn as a share of the start, in basis points; absent where there was nothing.
             * @example 500
             */
            churn_bp?: number | null;
        };
        /**
         * @description What kind of thing is told.
         * @enum {string}
         */
        NoticeKind: "low_balance" | "top_up_failed" | "top_up_needs_buyer" | "payment_failed" | "payment_needs_buyer" | "trial_will_end" | "grace_ended" | "subscription_ended";
        /** @description A notice as the wire shows it. */
        NoticeOut: {
            /**
             * @description `ntc_…`.
             * @example ntc_01k3vg6p9yfd5a1h0c9w8t2m4q
             */
            notice_id: string;
            /** @description Who is told. */
            user_id: components["schemas"]["UserId"];
            /** @description What kind of thing is told. */
            kind: components["schemas"]["NoticeKind"];
            /**
             * Format: int64
             * @description What the wallet held, where it is told that it runs low.
             */
            balance?: number | null;
            /**
             * Format: int64
             * @description The balance they wanted to be told of.
             */
            below?: number | null;
            /** @description The purchase, where it is told of one. */
            purchase_id?: string | null;
            /**
             * @description Why that failed, in Stripe's word.
             * @example insufficient_funds
             */
            reason?: string | null;
            /** @description The subscription, where it is told of one. */
            subscription_id?: string | null;
            /** @description The invoice, where it is told of one. */
            invoice_id?: string | null;
            ends_at?: components["schemas"]["Moment"] | null;
            /** @description When it was written. */
            created_at: components["schemas"]["Moment"];
        };
        /**
         * @description Where the builder lives, and where they go when they are done.
         * @example {
         *       "country": "DE",
         *       "return_url": "https://shop.example/earnings"
         *     }
         */
        OnboardingIn: {
            /**
             * @description The country of who is paid, two capital letters; the platform's own where it is left out. It is fixed with the
             *     first request, before Stripe has made the account.
             */
            country?: string | null;
            /** @description Where Stripe sends the builder who is done, or has left; `/account` where it is left out. */
            return_url?: string | null;
            /** @description Where Stripe sends the builder whose way to the page is used or over, so that your application asks for another. */
            refresh_url?: string | null;
        };
        /** @description The way to Stripe's page. */
        OnboardingOut: {
            /** @description Whose account. */
            user_id: components["schemas"]["UserId"];
            /**
             * @description The connected account at Stripe.
             * @example acct_1a2b
             */
            account_id?: string | null;
            /** @description The page to send the builder to. It opens once. */
            url: string;
            expires_at?: components["schemas"]["Moment"] | null;
        };
        /** @description One change of an order as the wire shows it. */
        OrderChangeOut: {
            /**
             * Format: int64
             * @description Its number among those of the order, from 1.
             * @example 3
             */
            number: number;
            /** @description Where the order stood. */
            from: components["schemas"]["OrderStatus"];
            /** @description Where it stood then. */
            to: components["schemas"]["OrderStatus"];
            reviewer_id?: components["schemas"]["UserId"] | null;
            /**
             * @description Who changed it: `user:…`, `service:…` with the token's id, `admin`, `checkout` where one began, or `stripe` where it
             *     follows from what Stripe said. Who ordered is not told which service it was.
             * @example user:grace
             */
            changed_by: string;
            /** @description What they said about it; told to those who do the work. */
            note?: string | null;
            /** @description When. */
            changed_at: components["schemas"]["Moment"];
        };
        /**
         * @description An order to be made.
         * @example {
         *       "package_id": "track-review",
         *       "fields": {
         *         "track_url": "https://music.example/one"
         *       }
         *     }
         */
        OrderIn: {
            /**
             * @description The package of the catalogue.
             * @example track-review
             */
            package_id: string;
            /** @description The package's own fields. */
            fields?: Record<string, unknown>;
            user_id?: components["schemas"]["UserId"] | null;
        };
        /**
         * @description Where an order is to be moved.
         * @example {
         *       "to": "delivered",
         *       "links": [
         *         "https://files.example/review.pdf"
         *       ],
         *       "note": "Enjoy."
         *     }
         */
        OrderMoveIn: {
            /** @description The next status: `in_progress`, `delivered`, `cancelled`, or `paid` to put it back. */
            to: components["schemas"]["OrderStatus"];
            /** @description What is delivered: 1 to 20 addresses that begin with https://; only with `delivered`. */
            links?: string[];
            /** @description What is to be said about it, up to 2,000 characters. With `delivered` it is shown to who ordered. */
            note?: string | null;
        };
        /** @description An order as the wire shows it. */
        OrderOut: {
            /**
             * @description `ord_…`.
             * @example ord_01k3vg6p9yfd5a1h0c9w8t2m4q
             */
            order_id: string;
            /** @description Who ordered. */
            user_id: components["schemas"]["UserId"];
            /** @description Which package. */
            package_id: string;
            /** @description The package's own fields. */
            fields: Record<string, unknown>;
            /** @description Where it stands. */
            status: components["schemas"]["OrderStatus"];
            /** @description The purchase that pays for it, once there is one. */
            purchase_id?: string | null;
            reviewer_id?: components["schemas"]["UserId"] | null;
            /**
             * Format: int64
             * @description What was paid for it, in minor units of the purchase's currency.
             * @example 4900
             */
            paid_minor: number;
            /**
             * Format: int64
             * @description What of that is refunded or disputed, in minor units.
             * @example 0
             */
            refunded_minor: number;
            /**
             * @description The currency of both, once there is a purchase.
             * @example usd
             */
            currency?: string | null;
            delivery?: components["schemas"]["DeliveredOut"] | null;
            /** @description When it was made. */
            created_at: components["schemas"]["Moment"];
            /** @description When it last changed. */
            updated_at: components["schemas"]["Moment"];
        };
        /**
         * @description Where an order stands.
         * @enum {string}
         */
        OrderStatus: "draft" | "awaiting_payment" | "paid" | "in_progress" | "delivered" | "cancelled" | "refunded";
        /** @description Another wallet of the same user. */
        OtherWallet: {
            /** @description The API key whose credits it holds; none for the user's own. */
            key_id?: string | null;
        };
        /** @description A page of a list. */
        Page_BankPayoutOut: {
            /** @description The entries, newest first. */
            data: {
                /**
                 * @description The payout at Stripe.
                 * @example po_1a2b
                 */
                payout_id: string;
                /**
                 * Format: int64
                 * @description How much, in minor units.
                 * @example 3430
                 */
                amount_minor: number;
                /**
                 * @description The currency of the amount.
                 * @example usd
                 */
                currency: string;
                /** @description Where it stands. One that is paid can still fail. */
                status: components["schemas"]["BankPayoutStatus"];
                /**
                 * @description Why it failed, in Stripe's word.
                 * @example account_closed
                 */
                failure_code?: string | null;
                /** @description The same in Stripe's words. */
                failure_message?: string | null;
                arrives_at?: components["schemas"]["Moment"] | null;
                /** @description When it was made. */
                created_at: components["schemas"]["Moment"];
            }[];
            /** @description What to give as `after` for the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_BookingOut: {
            /** @description The entries, newest first. */
            data: {
                /**
                 * @description `bkg_…`.
                 * @example bkg_01k3vg6p9yfd5a1h0c9w8t2m4q
                 */
                booking_id: string;
                /** @description Who comes. */
                client_id: components["schemas"]["UserId"];
                /** @description Who gives the session. */
                builder_id: components["schemas"]["UserId"];
                /**
                 * @description Which session type.
                 * @example mentoring
                 */
                session_type_id: string;
                /** @description The purchase that pays for it. */
                purchase_id: string;
                /** @description When it begins. */
                starts_at: components["schemas"]["Moment"];
                /** @description When it ends. */
                ends_at: components["schemas"]["Moment"];
                /** @description Where it stands. */
                status: components["schemas"]["BookingStatus"];
                /**
                 * Format: int64
                 * @description What it costs, in minor units.
                 * @example 6000
                 */
                amount_minor: number;
                /**
                 * @description The currency of the amounts.
                 * @example usd
                 */
                currency: string;
                /**
                 * Format: int64
                 * @description The platform's share of the amount, in minor units; not for the client.
                 * @example 900
                 */
                platform_fee_minor?: number | null;
                /** @description What goes back where the client cancels, as it was agreed on at the purchase. */
                refund_tiers: components["schemas"]["RefundTier"][];
                /**
                 * Format: int64
                 * @description The most that goes back where the client cancels, in percent: the share that was reached when they last moved it.
                 * @example 100
                 */
                refund_percent_max: number;
                /**
                 * Format: int64
                 * @description What was paid, in minor units.
                 * @example 6000
                 */
                paid_minor: number;
                /**
                 * Format: int64
                 * @description What of that is refunded or disputed, in minor units.
                 * @example 0
                 */
                refunded_minor: number;
                /** @description When it was made. */
                created_at: components["schemas"]["Moment"];
                /** @description When it last changed. */
                updated_at: components["schemas"]["Moment"];
                /** @description The booking that it moves to its time once it is paid; left out where it moves none. Such a one stands in no list. */
                moves?: string | null;
            }[];
            /** @description What to give as `after` for the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_DisputeOut: {
            /** @description The entries, newest first. */
            data: {
                /**
                 * @description The dispute at Stripe.
                 * @example dp_1QK
                 */
                dispute_id: string;
                /**
                 * @description The payment it questions.
                 * @example pi_3QK
                 */
                payment_intent_id: string;
                /** @description The purchase that the payment was for, once that is known. */
                purchase_id?: string | null;
                user_id?: components["schemas"]["UserId"] | null;
                /**
                 * Format: int64
                 * @description How much is questioned, in minor units.
                 * @example 500
                 */
                amount_minor: number;
                /**
                 * @description The currency.
                 * @example usd
                 */
                currency: string;
                /** @description Where it stands. */
                status: components["schemas"]["DisputeStatus"];
                /** @description Why, in Stripe's words. */
                reason?: string | null;
                /**
                 * Format: int64
                 * @description How much of the payment it takes away now, in minor units.
                 * @example 500
                 */
                reversed_minor: number;
                evidence_due_at?: components["schemas"]["Moment"] | null;
                /** @description When it was opened. */
                created_at: components["schemas"]["Moment"];
            }[];
            /** @description What to give as `after` for the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_EarningOut: {
            /** @description The entries, newest first. */
            data: {
                /** @description `pln_…`; also the Idempotency-Key and the group of its transfer at Stripe. */
                line_id: string;
                /** @description The sale: `order:ord_…` or `booking:bkg_…`. */
                sale: string;
                /**
                 * @description The currency of the amounts.
                 * @example usd
                 */
                currency: string;
                /**
                 * Format: int64
                 * @description What the buyer paid.
                 * @example 4900
                 */
                gross_minor: number;
                /**
                 * Format: int64
                 * @description What of that was given back or is disputed.
                 * @example 0
                 */
                refunded_minor: number;
                /**
                 * Format: int64
                 * @description What the platform keeps.
                 * @example 1470
                 */
                fee_minor: number;
                /**
                 * Format: int64
                 * @description What is earned.
                 * @example 3430
                 */
                earned_minor: number;
                /**
                 * Format: int64
                 * @description What was transferred, or is being.
                 * @example 3430
                 */
                transferred_minor: number;
                /**
                 * Format: int64
                 * @description What of that was taken back, or is being.
                 * @example 0
                 */
                taken_back_minor: number;
                /**
                 * Format: int64
                 * @description What of it paid what was owed for other sales; negative where others paid for this one.
                 * @example 0
                 */
                offset_minor: number;
                /**
                 * Format: int64
                 * @description What is still owed to the earner; negative where they owe it, and later earnings pay it first.
                 * @example 0
                 */
                outstanding_minor: number;
                /** @description From when on it is transferred. */
                payable_at: components["schemas"]["Moment"];
                /** @description When the sale was earned. */
                earned_at: components["schemas"]["Moment"];
            }[];
            /** @description What to give as `after` for the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_EventOut: {
            /** @description The entries, newest first. */
            data: {
                /**
                 * @description `evt_…`.
                 * @example evt_1QxYzA2eZvKYlo2C
                 */
                id: string;
                /**
                 * Format: int64
                 * @description Its number here, in the order of arrival.
                 */
                event_id: number;
                /**
                 * @description Stripe's type.
                 * @example checkout.session.completed
                 */
                type: string;
                /** @description The object it is about. */
                object_id: string;
                /** @description The connected account; empty for our own. */
                account: string;
                /** @description When it happened at Stripe. */
                created_at: components["schemas"]["Moment"];
                /** @description When it came here. */
                received_at: components["schemas"]["Moment"];
                handled_at?: components["schemas"]["Moment"] | null;
                /** @description Where it stands. */
                status: components["schemas"]["EventStatus"];
                /**
                 * Format: int64
                 * @description How often it was tried.
                 */
                attempts: number;
                /** @description What went wrong last. */
                last_error?: string | null;
                /** @description What it did; only where one event is read. */
                effects?: components["schemas"]["EffectOut"][] | null;
                /** @description What it moved in the ledger; only where one event is read. */
                transfers?: components["schemas"]["LedgerTransferOut"][] | null;
                /** @description Who was told of what it did; only where one event is read. */
                deliveries?: components["schemas"]["EventDeliveryOut"][] | null;
                /** @description The event as received; only where one event is read. */
                payload?: Record<string, unknown> | null;
            }[];
            /** @description What to give as `after` for the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_FraudWarningOut: {
            /** @description The entries, newest first. */
            data: {
                /**
                 * @description The warning at Stripe.
                 * @example issfr_1QK
                 */
                warning_id: string;
                /**
                 * @description The payment it is about.
                 * @example pi_3QK
                 */
                payment_intent_id: string;
                /** @description The purchase that the payment was for, once that is known. */
                purchase_id?: string | null;
                user_id?: components["schemas"]["UserId"] | null;
                /** @description Why, in Stripe's words. */
                fraud_type?: string | null;
                /** @description Whether a refund can still prevent a dispute. */
                is_actionable: boolean;
                /** @description When it came. */
                created_at: components["schemas"]["Moment"];
            }[];
            /** @description What to give as `after` for the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_HistoryEntry: {
            /** @description The entries, newest first. */
            data: {
                /**
                 * @description The id of the transfer in the ledger.
                 * @example 9f86d081884c7d659a2feaa0c55ad015
                 */
                transfer_id: string;
                /** @description When it was posted. */
                at: components["schemas"]["Moment"];
                /**
                 * @description Why credits moved.
                 * @example spend
                 */
                code: string;
                /**
                 * @description The same in plain words.
                 * @example Used
                 */
                what: string;
                /**
                 * Format: int64
                 * @description What came into the wallet; negative where it went out, 0 where only what is held or owed has changed.
                 * @example -5
                 */
                amount: number;
                /**
                 * Format: int64
                 * @description What the wallet held afterwards; absent where it was not touched.
                 * @example 95
                 */
                balance?: number | null;
                /**
                 * Format: int64
                 * @description By how much what is set aside has changed, where it has.
                 */
                held?: number | null;
                /**
                 * Format: int64
                 * @description By how much what is owed has changed, where it has.
                 */
                owed?: number | null;
                /**
                 * @description The reason that was given.
                 * @example one song
                 */
                reason?: string | null;
                /** @description The lots of the wallet that were drawn from, made or filled. */
                lots: components["schemas"]["PartOfLot"][];
                /**
                 * @description What made it happen once, where no request did.
                 * @example grant:pi_3QxYzA2eZvKYlo2C
                 */
                business_key?: string | null;
                /**
                 * @description The payment that bought the credits, or that was reversed: a `PaymentIntent`, or the session where nothing was to be
                 *     paid.
                 * @example pi_3QxYzA2eZvKYlo2C
                 */
                payment?: string | null;
                /**
                 * @description The hold that it belongs to.
                 * @example hold_01k3vg6p9yfd5a1h0c9w8t2m4q
                 */
                hold_id?: string | null;
                other_wallet?: components["schemas"]["OtherWallet"] | null;
                event?: components["schemas"]["EventBehind"] | null;
            }[];
            /** @description What to give as `after` for the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_HoldOut: {
            /** @description The entries, newest first. */
            data: {
                /**
                 * @description `hold_…`.
                 * @example hold_01k3vg6p9yfd5a1h0c9w8t2m4q
                 */
                hold_id: string;
                /** @description Whose credits. */
                user_id: components["schemas"]["UserId"];
                key_id?: components["schemas"]["KeyId"] | null;
                /**
                 * Format: int64
                 * @description How many credits were set aside.
                 * @example 5
                 */
                amount: number;
                /**
                 * Format: int64
                 * @description How many of them were used.
                 * @example 0
                 */
                captured: number;
                /** @description Where it stands. */
                status: components["schemas"]["HoldStatus"];
                /**
                 * @description Why it was made.
                 * @example a long render
                 */
                reason: string;
                /** @description When it expires, or would have. */
                expires_at: components["schemas"]["Moment"];
                /** @description When it was made. */
                created_at: components["schemas"]["Moment"];
                ended_at?: components["schemas"]["Moment"] | null;
            }[];
            /** @description What to give as `after` for the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_InvoiceOut: {
            /** @description The entries, newest first. */
            data: {
                /**
                 * @description The invoice at Stripe.
                 * @example in_1QK
                 */
                invoice_id: string;
                /** @description The number that the buyer reads. */
                number?: string | null;
                /** @description The subscription that it bills. */
                subscription_id?: string | null;
                /**
                 * @description Where it stands, in Stripe's word.
                 * @example paid
                 */
                status: string;
                /**
                 * @description Why it was made, in Stripe's word.
                 * @example subscription_cycle
                 */
                billing_reason?: string | null;
                /**
                 * Format: int64
                 * @description What it comes to, in minor units.
                 * @example 2900
                 */
                total_minor: number;
                /**
                 * Format: int64
                 * @description What is to be paid, in minor units.
                 * @example 2900
                 */
                amount_due_minor: number;
                /**
                 * Format: int64
                 * @description What has been paid, in minor units.
                 * @example 2900
                 */
                amount_paid_minor: number;
                /**
                 * @description The currency.
                 * @example usd
                 */
                currency: string;
                /** @description Stripe's page, where it can be read and paid. */
                hosted_invoice_url?: string | null;
                /** @description The same to print. */
                invoice_pdf?: string | null;
                /** @description When it was made. */
                created_at: components["schemas"]["Moment"];
            }[];
            /** @description What to give as `after` for the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_KeyOut: {
            /** @description The entries, newest first. */
            data: {
                /** @description `key_…`. */
                key_id: components["schemas"]["KeyId"];
                /** @description Whose. */
                user_id: components["schemas"]["UserId"];
                /**
                 * @description What its owner calls it.
                 * @example build server
                 */
                name: string;
                /**
                 * @description The subscription that it was issued for; absent where its owner made it.
                 * @example sub_1PqV
                 */
                subscription_id?: string | null;
                /** @description Where it stands. */
                status: components["schemas"]["KeyStatus"];
                /** @description When it was made or issued. */
                created_at: components["schemas"]["Moment"];
                secret_made_at?: components["schemas"]["Moment"] | null;
                suspended_at?: components["schemas"]["Moment"] | null;
                revoked_at?: components["schemas"]["Moment"] | null;
            }[];
            /** @description What to give as `after` for the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_LedgerTransferOut: {
            /** @description The entries, newest first. */
            data: {
                /**
                 * Format: int64
                 * @description Its place in the books, in the order of posting.
                 * @example 4711
                 */
                position: number;
                /**
                 * @description Its id, in hexadecimal.
                 * @example 7b1d0c6f5f6e4f6b9c1f2a3b4c5d6e7f
                 */
                transfer_id: string;
                /**
                 * @description What made it happen once; absent where a request did.
                 * @example grant:pi_3QxYzA2eZvKYlo2C
                 */
                business_key?: string | null;
                /**
                 * @description The account that it came from.
                 * @example credits:issued
                 */
                debit_account: string;
                /**
                 * @description The account that it went to.
                 * @example credits:wallet:ada
                 */
                credit_account: string;
                /**
                 * @description What was moved: `credits`, or a currency.
                 * @example credits
                 */
                unit: string;
                /**
                 * Format: int64
                 * @description How much, in minor units where it is money.
                 * @example 100
                 */
                amount: number;
                /**
                 * @description Why.
                 * @example grant
                 */
                code: string;
                /** @description The reason in somebody's words. */
                memo?: string | null;
                /**
                 * @description Who gave the credits, took them back or moved them: `operator:…`, `service:…` with the token's id, or `admin`; absent of
                 *     what else happens.
                 * @example operator:op_01k3vg6p9yfd5a1h0c9w8t2m4q
                 */
                made_by?: string | null;
                /**
                 * Format: int64
                 * @description The number of the event behind it; absent where there was none.
                 */
                event_id?: number | null;
                /** @description When. */
                posted_at: components["schemas"]["Moment"];
            }[];
            /** @description What to give as `after` for the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_ListedPaymentOut: {
            /** @description The entries, newest first. */
            data: {
                /**
                 * @description The `PaymentIntent` at Stripe.
                 * @example pi_3QxYzA2eZvKYlo2C
                 */
                payment_intent_id: string;
                /** @description The charge at Stripe, once it is known. */
                charge_id?: string | null;
                user_id?: components["schemas"]["UserId"] | null;
                /** @description The purchase that it pays for: `pur_…`, or an invoice of a subscription. */
                purchase_id?: string | null;
                kind?: components["schemas"]["PurchaseKind"] | null;
                /**
                 * @description Which item of the catalogue.
                 * @example starter
                 */
                item_id?: string | null;
                /**
                 * Format: int64
                 * @description How much, in minor units.
                 * @example 2000
                 */
                amount_minor: number;
                /**
                 * Format: int64
                 * @description What of it came, in minor units.
                 * @example 2000
                 */
                paid_minor: number;
                /**
                 * Format: int64
                 * @description How much went back to the buyer by refunds and disputes, in minor units.
                 * @example 0
                 */
                reversed_minor: number;
                /**
                 * @description The currency of the amounts.
                 * @example usd
                 */
                currency: string;
                /**
                 * Format: int64
                 * @description What Stripe keeps of it, in minor units of `fee_currency`, once that is known.
                 * @example 88
                 */
                fee_minor?: number | null;
                /**
                 * @description The currency of the fee: that of the balance at Stripe.
                 * @example usd
                 */
                fee_currency?: string | null;
                /** @description Where it stands. */
                status: components["schemas"]["PaymentStatus"];
                /** @description Whether an attempt at it ever failed. */
                has_failed: boolean;
                /** @description When it was first told of. */
                created_at: components["schemas"]["Moment"];
            }[];
            /** @description What to give as `after` for the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_ListedSubscriptionOut: {
            /** @description The entries, newest first. */
            data: (components["schemas"]["SubscriptionOut"] & {
                /**
                 * Format: int64
                 * @description What it brings in a month now, in minor units.
                 * @example 2900
                 */
                mrr_minor: number;
                /**
                 * @description The currency of that; absent where it never brought in anything.
                 * @example usd
                 */
                currency?: string | null;
            })[];
            /** @description What to give as `after` for the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_NoticeOut: {
            /** @description The entries, newest first. */
            data: {
                /**
                 * @description `ntc_…`.
                 * @example ntc_01k3vg6p9yfd5a1h0c9w8t2m4q
                 */
                notice_id: string;
                /** @description Who is told. */
                user_id: components["schemas"]["UserId"];
                /** @description What kind of thing is told. */
                kind: components["schemas"]["NoticeKind"];
                /**
                 * Format: int64
                 * @description What the wallet held, where it is told that it runs low.
                 */
                balance?: number | null;
                /**
                 * Format: int64
                 * @description The balance they wanted to be told of.
                 */
                below?: number | null;
                /** @description The purchase, where it is told of one. */
                purchase_id?: string | null;
                /**
                 * @description Why that failed, in Stripe's word.
                 * @example insufficient_funds
                 */
                reason?: string | null;
                /** @description The subscription, where it is told of one. */
                subscription_id?: string | null;
                /** @description The invoice, where it is told of one. */
                invoice_id?: string | null;
                ends_at?: components["schemas"]["Moment"] | null;
                /** @description When it was written. */
                created_at: components["schemas"]["Moment"];
            }[];
            /** @description What to give as `after` for the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_OrderChangeOut: {
            /** @description The entries, newest first. */
            data: {
                /**
                 * Format: int64
                 * @description Its number among those of the order, from 1.
                 * @example 3
                 */
                number: number;
                /** @description Where the order stood. */
                from: components["schemas"]["OrderStatus"];
                /** @description Where it stood then. */
                to: components["schemas"]["OrderStatus"];
                reviewer_id?: components["schemas"]["UserId"] | null;
                /**
                 * @description Who changed it: `user:…`, `service:…` with the token's id, `admin`, `checkout` where one began, or `stripe` where it
                 *     follows from what Stripe said. Who ordered is not told which service it was.
                 * @example user:grace
                 */
                changed_by: string;
                /** @description What they said about it; told to those who do the work. */
                note?: string | null;
                /** @description When. */
                changed_at: components["schemas"]["Moment"];
            }[];
            /** @description What to give as `after` for the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_OrderOut: {
            /** @description The entries, newest first. */
            data: {
                /**
                 * @description `ord_…`.
                 * @example ord_01k3vg6p9yfd5a1h0c9w8t2m4q
                 */
                order_id: string;
                /** @description Who ordered. */
                user_id: components["schemas"]["UserId"];
                /** @description Which package. */
                package_id: string;
                /** @description The package's own fields. */
                fields: Record<string, unknown>;
                /** @description Where it stands. */
                status: components["schemas"]["OrderStatus"];
                /** @description The purchase that pays for it, once there is one. */
                purchase_id?: string | null;
                reviewer_id?: components["schemas"]["UserId"] | null;
                /**
                 * Format: int64
                 * @description What was paid for it, in minor units of the purchase's currency.
                 * @example 4900
                 */
                paid_minor: number;
                /**
                 * Format: int64
                 * @description What of that is refunded or disputed, in minor units.
                 * @example 0
                 */
                refunded_minor: number;
                /**
                 * @description The currency of both, once there is a purchase.
                 * @example usd
                 */
                currency?: string | null;
                delivery?: components["schemas"]["DeliveredOut"] | null;
                /** @description When it was made. */
                created_at: components["schemas"]["Moment"];
                /** @description When it last changed. */
                updated_at: components["schemas"]["Moment"];
            }[];
            /** @description What to give as `after` for the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_PayoutAccountOut: {
            /** @description The entries, newest first. */
            data: {
                /** @description Whose. */
                user_id: components["schemas"]["UserId"];
                /**
                 * @description The account at Stripe, once it is made.
                 * @example acct_1a2b
                 */
                account_id?: string | null;
                /** @description Where it stands. */
                status: components["schemas"]["PayoutAccountStatus"];
                /** @description Whether it can be paid now. */
                payable: boolean;
                /** @description What its owner has to tell on Stripe's page, in Stripe's words, such as `external_account`. */
                currently_due: string[];
                /** @description Why it cannot do all that it should, in Stripe's word. */
                disabled_reason?: string | null;
                /** @description Whether Stripe pays out what is on it. */
                payouts_enabled: boolean;
                /** @description The country that was asked for. */
                country?: string | null;
                /** @description When it was asked for. */
                created_at: components["schemas"]["Moment"];
            }[];
            /** @description What to give as `after` for the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_PayoutTransferOut: {
            /** @description The entries, newest first. */
            data: {
                /**
                 * @description Its key here, which is also its Idempotency-Key at Stripe.
                 * @example pln_01k3vg6p9yfd5a1h0c9w8t2m4q
                 */
                transfer_key: string;
                /** @description Whom it pays. */
                user_id: components["schemas"]["UserId"];
                /**
                 * @description What was earned that it pays.
                 * @example pln_01k3vg6p9yfd5a1h0c9w8t2m4q
                 */
                line_id: string;
                /**
                 * @description The sale: `order:ord_…`.
                 * @example order:ord_01k3vg6p9yfd5a1h0c9w8t2m4q
                 */
                sale: string;
                /** @description Which way it goes. */
                direction: components["schemas"]["PayoutDirection"];
                /**
                 * Format: int64
                 * @description How much, in minor units.
                 * @example 3430
                 */
                amount_minor: number;
                /**
                 * @description The currency of the amount.
                 * @example usd
                 */
                currency: string;
                /**
                 * @description The connected account at Stripe.
                 * @example acct_1a2b
                 */
                account_id: string;
                /**
                 * @description The transfer or the reversal at Stripe, once it is made.
                 * @example tr_1a2b
                 */
                stripe_id?: string | null;
                /** @description Where it stands. */
                status: components["schemas"]["PayoutTransferStatus"];
                /** @description Why Stripe refused it, in Stripe's words. */
                refusal?: string | null;
                /** @description When it was decided. */
                created_at: components["schemas"]["Moment"];
            }[];
            /** @description What to give as `after` for the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_PurchaseOut: {
            /** @description The entries, newest first. */
            data: {
                /**
                 * @description `pur_…`.
                 * @example pur_01k3vg6p9yfd5a1h0c9w8t2m4q
                 */
                purchase_id: string;
                /** @description Who buys. */
                user_id: components["schemas"]["UserId"];
                /** @description What kind of thing. */
                kind: components["schemas"]["PurchaseKind"];
                /** @description Which item. */
                item_id: string;
                /**
                 * Format: int64
                 * @description How many pieces.
                 */
                quantity: number;
                /**
                 * Format: int64
                 * @description Credits that payment grants; 0 for other kinds. Negative for an invoice that gives money back for a plan's time, and
                 *     takes so many.
                 */
                credits: number;
                /**
                 * Format: int64
                 * @description After how many days from the payment those end; none where they do not.
                 */
                expires_after_days?: number | null;
                /**
                 * Format: int64
                 * @description Credits of a lower number are used first.
                 */
                priority: number;
                /** @description The order it pays for. */
                order_id?: string | null;
                /** @description The booking it pays for. */
                booking_id?: string | null;
                /**
                 * Format: int64
                 * @description What it costs, in minor units.
                 */
                amount_minor: number;
                /**
                 * Format: int64
                 * @description How much of what was paid for it went back to the buyer by refunds and disputes, in minor units. What goes back of an
                 *     invoice of a subscription stands with the invoice.
                 */
                refunded_minor: number;
                /**
                 * @description The currency of the amounts.
                 * @example usd
                 */
                currency: string;
                /** @description Where it stands. */
                status: components["schemas"]["PurchaseStatus"];
                /** @description Whether it was begun by itself because the wallet ran low, and is charged to a saved payment method. */
                automatic: boolean;
                /** @description Why such a charge failed, in Stripe's word, such as `insufficient_funds`. */
                failure?: string | null;
                /** @description The checkout session at Stripe. */
                session_id?: string | null;
                /** @description Stripe's page, while it can be paid there. */
                url?: string | null;
                /** @description When it was made. */
                created_at: components["schemas"]["Moment"];
                paid_at?: components["schemas"]["Moment"] | null;
                /** @description The subscription that it began, or that it is an invoice of; not in lists. */
                subscription_id?: string | null;
                /**
                 * @description Its payments; not in lists. For a purchase that began a subscription these are the payments of that one's invoices, the
                 *     newest first and 100 at most.
                 */
                payments?: components["schemas"]["PaymentOut"][] | null;
            }[];
            /** @description What to give as `after` for the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_RefundOut: {
            /** @description The entries, newest first. */
            data: {
                /**
                 * @description The refund at Stripe.
                 * @example re_3QK
                 */
                refund_id: string;
                /**
                 * @description The payment it gives back.
                 * @example pi_3QK
                 */
                payment_intent_id: string;
                /** @description The purchase that the payment was for, once that is known. */
                purchase_id?: string | null;
                user_id?: components["schemas"]["UserId"] | null;
                /**
                 * Format: int64
                 * @description How much, in minor units.
                 * @example 500
                 */
                amount_minor: number;
                /**
                 * @description The currency.
                 * @example usd
                 */
                currency: string;
                /** @description Where it stands. */
                status: components["schemas"]["RefundStatus"];
                /** @description Why it was made, in Stripe's words. */
                reason?: string | null;
                /** @description Why it failed, in Stripe's words. */
                failure_reason?: string | null;
                /** @description What was noted where it was asked for here. */
                note?: string | null;
                /** @description When it was made. */
                created_at: components["schemas"]["Moment"];
            }[];
            /** @description What to give as `after` for the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_RefundRequestOut: {
            /** @description The entries, newest first. */
            data: {
                /**
                 * @description Its id.
                 * @example rrq_01k3vg6p9yfd5a1h0c9w8t2m4q
                 */
                request_id: string;
                /** @description Who bought. */
                user_id: components["schemas"]["UserId"];
                /**
                 * @description What was bought.
                 * @example pur_01k3vg6p9yfd5a1h0c9w8t2m4q
                 */
                purchase_id: string;
                /**
                 * @description Which item of the catalogue.
                 * @example starter
                 */
                item_id: string;
                /**
                 * @description The payment that is to go back.
                 * @example pi_3QK
                 */
                payment_intent_id: string;
                /**
                 * Format: int64
                 * @description How much, in minor units.
                 * @example 500
                 */
                amount_minor: number;
                /**
                 * @description The currency.
                 * @example usd
                 */
                currency: string;
                /** @description Why it is asked for. */
                reason: string;
                /** @description Where it stands. */
                status: components["schemas"]["RefundRequestStatus"];
                /** @description What is said to the buyer about it: why it was declined, or why Stripe refused. */
                answer?: string | null;
                /**
                 * @description The refund at Stripe, once it is made.
                 * @example re_3QK
                 */
                refund_id?: string | null;
                refund_status?: components["schemas"]["RefundStatus"] | null;
                outside_policy?: components["schemas"]["RefundOutside"] | null;
                /**
                 * Format: int64
                 * @description How many must approve it; 0 where it was granted at once.
                 * @example 1
                 */
                approvals_needed: number;
                /**
                 * @description Who asked; told to the shop.
                 * @example user:ada
                 */
                requested_by?: string | null;
                /** @description Who approved it so far; told to the shop. */
                approvals?: components["schemas"]["RefundApprovalOut"][] | null;
                /**
                 * @description Who decided it, `policy` where nobody had to; told to the shop.
                 * @example policy
                 */
                decided_by?: string | null;
                decided_at?: components["schemas"]["Moment"] | null;
                /** @description When it was asked for. */
                created_at: components["schemas"]["Moment"];
            }[];
            /** @description What to give as `after` for the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_SeededDataOut: {
            /** @description The entries, newest first. */
            data: {
                /** @description Whose. */
                user_id: components["schemas"]["UserId"];
                /**
                 * @description The name of the template that it came from.
                 * @example widget
                 */
                name: string;
                /** @description The data. */
                value: unknown;
                /**
                 * @description What to send as If-Match to change it.
                 * @example "1"
                 */
                etag: string;
                /**
                 * @description The subscription that brought it.
                 * @example sub_1PqV
                 */
                subscription_id: string;
                /** @description When it was seeded. */
                created_at: components["schemas"]["Moment"];
                /** @description When it last changed. */
                updated_at: components["schemas"]["Moment"];
            }[];
            /** @description What to give as `after` for the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_TimelineEntryOut: {
            /** @description The entries, newest first. */
            data: {
                /** @description When. */
                at: components["schemas"]["Moment"];
                /** @description What kind of thing. */
                kind: components["schemas"]["TimelineKind"];
                /**
                 * @description The id of what it happened to: of a purchase, invoice, payment, refund, dispute, order, subscription or notice, or the position
                 *     of a transfer.
                 * @example pur_01k3vg6p9yfd5a1h0c9w8t2m4q
                 */
                id: string;
                /**
                 * @description Where that stands, or how it moved.
                 * @example paid
                 */
                status: string;
                /**
                 * Format: int64
                 * @description How much, in minor units where it is money; negative where credits went out, or a subscription brings in less.
                 * @example 2000
                 */
                amount?: number | null;
                /**
                 * @description The unit of the amount: a currency, or `credits`.
                 * @example usd
                 */
                unit?: string | null;
                /**
                 * @description More in words: the item bought, the plan, the reason, what credits moved for, or who did it.
                 * @example starter
                 */
                detail?: string | null;
                /**
                 * @description The id of what it is about besides: of the purchase that a payment is for, the payment that a refund, a dispute or credits are
                 *     of, the invoice that credits are of, or the subscription or purchase that a notice tells of.
                 * @example pi_3QxYzA2eZvKYlo2C
                 */
                about?: string | null;
            }[];
            /** @description What to give as `after` for the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_UserOut: {
            /** @description The entries, newest first. */
            data: {
                /** @description Who. */
                user_id: components["schemas"]["UserId"];
                /** @description Where they are reached, as the application has told. */
                email?: string | null;
                /**
                 * @description Their customer at Stripe, once there is one.
                 * @example cus_1QK
                 */
                stripe_customer_id?: string | null;
                /**
                 * Format: int64
                 * @description Credits in their own wallet.
                 * @example 120
                 */
                balance: number;
                /**
                 * @description The tiers that their subscriptions give them now, one for each group of plans in which they have one.
                 * @example [
                 *       "pro"
                 *     ]
                 */
                tiers: string[];
            }[];
            /** @description What to give as `after` for the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_WebhookDeliveryOut: {
            /** @description The entries, newest first. */
            data: {
                /**
                 * Format: int64
                 * @description Its number.
                 */
                delivery_id: number;
                /**
                 * @description The message: what the receiver sees as `webhook-id`, the same at every attempt.
                 * @example msg_7b1d0c6f5f6e4f6b9c1f2a3b4c5d6e7f
                 */
                message_id: string;
                /**
                 * @description The message's type.
                 * @example order.paid
                 */
                type: string;
                /** @description Where it stands. */
                status: components["schemas"]["DeliveryStatus"];
                /**
                 * Format: int64
                 * @description Attempts since it was written or replayed, the one under way included.
                 */
                attempts: number;
                next_attempt_at?: components["schemas"]["Moment"] | null;
                /** @description What went wrong last. */
                last_error?: string | null;
                /** @description When it was written. */
                created_at: components["schemas"]["Moment"];
                ended_at?: components["schemas"]["Moment"] | null;
                /** @description The message's body as it is sent; only where one delivery is read. */
                body?: string | null;
                /** @description Its last attempts, newest first; only where one delivery is read. */
                attempt_log?: components["schemas"]["WebhookAttemptOut"][] | null;
            }[];
            /** @description What to give as `after` for the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_WebhookEndpointOut: {
            /** @description The entries, newest first. */
            data: {
                /**
                 * @description `we_…`.
                 * @example we_01k3vg6p9yfd5a1h0c9w8t2m4q
                 */
                endpoint_id: string;
                /** @description Where messages are sent. */
                url: string;
                /** @description What it is for. */
                description?: string | null;
                /** @description The types that are wanted; all where it is empty. */
                event_types: components["schemas"]["MessageType"][];
                /** @description Whether messages are sent. */
                status: components["schemas"]["WebhookEndpointStatus"];
                /** @description Why not. */
                disabled_because?: string | null;
                failing_since?: components["schemas"]["Moment"] | null;
                /**
                 * Format: int64
                 * @description Failed attempts since the last one that came through.
                 */
                failures: number;
                resting_until?: components["schemas"]["Moment"] | null;
                former_secret_until?: components["schemas"]["Moment"] | null;
                /**
                 * @description What messages are signed with, once: in the answer to the request that made it.
                 * @example whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
                 */
                secret?: string | null;
                /** @description When it was registered. */
                created_at: components["schemas"]["Moment"];
            }[];
            /** @description What to give as `after` for the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A lot, or a part of one. */
        PartOfLot: {
            /**
             * Format: int64
             * @description The lot's number in its wallet.
             * @example 1
             */
            lot: number;
            /**
             * Format: int64
             * @description How many credits.
             * @example 5
             */
            amount: number;
        };
        /** @description A payment as the wire shows it. */
        PaymentOut: {
            /** @description The `PaymentIntent` at Stripe. */
            payment_intent_id: string;
            /** @description The invoice that it pays, where it is one of a subscription. */
            invoice_id?: string | null;
            /** @description The charge at Stripe, once there is one. */
            charge_id?: string | null;
            /**
             * Format: int64
             * @description How much, in minor units.
             */
            amount_minor: number;
            /**
             * Format: int64
             * @description How much of it went back to the buyer by refunds and disputes, in minor units.
             */
            reversed_minor: number;
            /** @description The currency of the amounts. */
            currency: string;
            /**
             * @description Where it stands, in Stripe's words; `failed` where money that was on its way did not arrive.
             * @example succeeded
             */
            status: string;
        };
        /**
         * @description Where a payment stands; ordered, like the purchase's status, by certainty.
         * @enum {string}
         */
        PaymentStatus: "requires_payment_method" | "processing" | "failed" | "canceled" | "succeeded";
        /** @description A connected account. */
        PayoutAccountOut: {
            /** @description Whose. */
            user_id: components["schemas"]["UserId"];
            /**
             * @description The account at Stripe, once it is made.
             * @example acct_1a2b
             */
            account_id?: string | null;
            /** @description Where it stands. */
            status: components["schemas"]["PayoutAccountStatus"];
            /** @description Whether it can be paid now. */
            payable: boolean;
            /** @description What its owner has to tell on Stripe's page, in Stripe's words, such as `external_account`. */
            currently_due: string[];
            /** @description Why it cannot do all that it should, in Stripe's word. */
            disabled_reason?: string | null;
            /** @description Whether Stripe pays out what is on it. */
            payouts_enabled: boolean;
            /** @description The country that was asked for. */
            country?: string | null;
            /** @description When it was asked for. */
            created_at: components["schemas"]["Moment"];
        };
        /**
         * @description Where a connected account stands.
         * @enum {string}
         */
        PayoutAccountStatus: "creating" | "onboarding" | "restricted" | "enabled" | "closed";
        /**
         * @description Which way money goes.
         * @enum {string}
         */
        PayoutDirection: "out" | "back";
        /**
         * @description What an entry of a statement is.
         * @enum {string}
         */
        PayoutEntryKind: "earned" | "reversed" | "transferred" | "taken_back";
        /** @description Money on its way to a connected account, or back from it. */
        PayoutTransferOut: {
            /**
             * @description Its key here, which is also its Idempotency-Key at Stripe.
             * @example pln_01k3vg6p9yfd5a1h0c9w8t2m4q
             */
            transfer_key: string;
            /** @description Whom it pays. */
            user_id: components["schemas"]["UserId"];
            /**
             * @description What was earned that it pays.
             * @example pln_01k3vg6p9yfd5a1h0c9w8t2m4q
             */
            line_id: string;
            /**
             * @description The sale: `order:ord_…`.
             * @example order:ord_01k3vg6p9yfd5a1h0c9w8t2m4q
             */
            sale: string;
            /** @description Which way it goes. */
            direction: components["schemas"]["PayoutDirection"];
            /**
             * Format: int64
             * @description How much, in minor units.
             * @example 3430
             */
            amount_minor: number;
            /**
             * @description The currency of the amount.
             * @example usd
             */
            currency: string;
            /**
             * @description The connected account at Stripe.
             * @example acct_1a2b
             */
            account_id: string;
            /**
             * @description The transfer or the reversal at Stripe, once it is made.
             * @example tr_1a2b
             */
            stripe_id?: string | null;
            /** @description Where it stands. */
            status: components["schemas"]["PayoutTransferStatus"];
            /** @description Why Stripe refused it, in Stripe's words. */
            refusal?: string | null;
            /** @description When it was decided. */
            created_at: components["schemas"]["Moment"];
        };
        /**
         * @description Where an intent stands.
         * @enum {string}
         */
        PayoutTransferStatus: "created" | "unknown" | "made" | "refused";
        /**
         * @description A change to another plan of the same group.
         * @example {
         *       "plan_id": "label-monthly",
         *       "proration_behavior": "always_invoice"
         *     }
         */
        PlanChangeIn: {
            /** @description The plan of the catalogue. */
            plan_id: string;
            /**
             * @description What becomes of the rest of the period; the difference is paid at once where it is left out. Another choice is for
             *     services and operators.
             */
            proration_behavior?: components["schemas"]["Proration"];
            /**
             * Format: int64
             * @description As of when the rest of the period is reckoned, unix seconds: what a preview gave within the last hour, so that just
             *     that is paid. Services and operators may choose any moment of the period.
             */
            proration_date?: number | null;
        };
        /** @description What a subscriber gets, and how often it is paid for. */
        PlanOut: {
            /**
             * @description A user has one live subscription in each group.
             * @example main
             */
            group: string;
            /**
             * @description What users of this plan are called.
             * @example pro
             */
            tier: string;
            /** @description The unit of a billing cycle. */
            interval: components["schemas"]["Interval"];
            /**
             * Format: int64
             * @description How many of those units a cycle lasts.
             * @example 1
             */
            interval_count: number;
            /**
             * Format: int64
             * @description Days before the first payment; 0 for none.
             */
            trial_days: number;
            credits?: components["schemas"]["CycleCreditsOut"] | null;
            /** @description What a subscriber may use. */
            features: string[];
            /** @description How much of something a subscriber may use. */
            limits: {
                [key: string]: number;
            };
        };
        /** @description A point of a series. */
        PointOut: components["schemas"]["FiguresOut"] & {
            /** @description Its first day within the span. */
            start: components["schemas"]["Day"];
            /** @description Its last day within the span. */
            end: components["schemas"]["Day"];
        };
        /** @description A way into the customer portal. */
        PortalOut: {
            /** @description Stripe's page, good for a few minutes. */
            url: string;
        };
        /** @description What a change would cost. */
        PreviewOut: {
            /**
             * Format: int64
             * @description What the rest of the period comes to: the new plan's share less the old one's, in minor units; negative where
             *     something is credited.
             * @example 3500
             */
            proration_minor: number;
            /**
             * Format: int64
             * @description What the invoice comes to, in minor units.
             * @example 3500
             */
            total_minor: number;
            /**
             * Format: int64
             * @description What is to be paid of it, in minor units.
             * @example 3500
             */
            amount_due_minor: number;
            /**
             * @description The currency.
             * @example usd
             */
            currency: string;
            /**
             * Format: int64
             * @description As of when it was reckoned, unix seconds; give it with the change.
             */
            proration_date: number;
            /** @description The lines of the invoice. */
            lines: components["schemas"]["LineOut"][];
        };
        /** @description One item. */
        ProductOut: {
            /**
             * @description Its id.
             * @example starter
             */
            id: string;
            /** @description What kind of thing it is. */
            kind: components["schemas"]["PurchaseKind"];
            /** @description Its name. */
            name: string;
            /** @description A sentence about it. */
            description: string;
            /** @description Minor units of one piece, by currency. */
            prices: {
                [key: string]: number;
            };
            /**
             * Format: int64
             * @description Credits of one piece; only for credit packs.
             */
            credits?: number | null;
            /**
             * Format: int64
             * @description After how many days from the payment the credits end; only for credit packs whose credits do.
             */
            expires_after_days?: number | null;
            /**
             * Format: int64
             * @description Credits of a lower number are used first; only for credit packs.
             * @example 0
             */
            priority?: number | null;
            /**
             * Format: int64
             * @description The most pieces in one purchase.
             */
            max_quantity: number;
            /** @description What the buyer of an order fills in. */
            fields: components["schemas"]["FieldOut"][];
            session?: components["schemas"]["SessionOut"] | null;
            plan?: components["schemas"]["PlanOut"] | null;
        };
        /** @description What is for sale. */
        Products: {
            /** @description The shop's name. */
            shop: string;
            /**
             * @description The currency used where a request names none.
             * @example usd
             */
            currency: string;
            /** @description The items, by their id. */
            data: components["schemas"]["ProductOut"][];
        };
        /**
         * @description What becomes of what was paid for the rest of the period, in Stripe's words.
         * @enum {string}
         */
        Proration: "always_invoice" | "create_prorations" | "none";
        /**
         * @description The four kinds of thing that can be bought.
         * @enum {string}
         */
        PurchaseKind: "booking" | "credit_pack" | "order" | "plan";
        /** @description A purchase as the wire shows it. */
        PurchaseOut: {
            /**
             * @description `pur_…`.
             * @example pur_01k3vg6p9yfd5a1h0c9w8t2m4q
             */
            purchase_id: string;
            /** @description Who buys. */
            user_id: components["schemas"]["UserId"];
            /** @description What kind of thing. */
            kind: components["schemas"]["PurchaseKind"];
            /** @description Which item. */
            item_id: string;
            /**
             * Format: int64
             * @description How many pieces.
             */
            quantity: number;
            /**
             * Format: int64
             * @description Credits that payment grants; 0 for other kinds. Negative for an invoice that gives money back for a plan's time, and
             *     takes so many.
             */
            credits: number;
            /**
             * Format: int64
             * @description After how many days from the payment those end; none where they do not.
             */
            expires_after_days?: number | null;
            /**
             * Format: int64
             * @description Credits of a lower number are used first.
             */
            priority: number;
            /** @description The order it pays for. */
            order_id?: string | null;
            /** @description The booking it pays for. */
            booking_id?: string | null;
            /**
             * Format: int64
             * @description What it costs, in minor units.
             */
            amount_minor: number;
            /**
             * Format: int64
             * @description How much of what was paid for it went back to the buyer by refunds and disputes, in minor units. What goes back of an
             *     invoice of a subscription stands with the invoice.
             */
            refunded_minor: number;
            /**
             * @description The currency of the amounts.
             * @example usd
             */
            currency: string;
            /** @description Where it stands. */
            status: components["schemas"]["PurchaseStatus"];
            /** @description Whether it was begun by itself because the wallet ran low, and is charged to a saved payment method. */
            automatic: boolean;
            /** @description Why such a charge failed, in Stripe's word, such as `insufficient_funds`. */
            failure?: string | null;
            /** @description The checkout session at Stripe. */
            session_id?: string | null;
            /** @description Stripe's page, while it can be paid there. */
            url?: string | null;
            /** @description When it was made. */
            created_at: components["schemas"]["Moment"];
            paid_at?: components["schemas"]["Moment"] | null;
            /** @description The subscription that it began, or that it is an invoice of; not in lists. */
            subscription_id?: string | null;
            /**
             * @description Its payments; not in lists. For a purchase that began a subscription these are the payments of that one's invoices, the
             *     newest first and 100 at most.
             */
            payments?: components["schemas"]["PaymentOut"][] | null;
        };
        /**
         * @description Where a purchase stands. The order is the order of certainty: facts may arrive in any sequence and any number, and
         *     the status is the greatest of them, so it never goes back.
         * @enum {string}
         */
        PurchaseStatus: "created" | "open" | "awaiting_funds" | "expired" | "failed" | "paid";
        /**
         * @description Whether this process can serve requests.
         * @example {
         *       "status": "ready",
         *       "store": "ok",
         *       "version": "0.1.0"
         *     }
         */
        Readiness: {
            /** @description `ready`, or why not: `stopping`, `store_unavailable`. */
            status: string;
            /** @description Whether the store answers: `ok` or `failed`. */
            store: string;
            /** @description The version of this server. */
            version: string;
        };
        /**
         * @description An approval.
         * @example {
         *       "note": "ticket 4711"
         *     }
         */
        RefundApprovalIn: {
            /** @description What is to be noted about it, 1 to 500 characters; not told to the buyer. */
            note?: string | null;
        };
        /** @description An approval of a request as the wire shows it. */
        RefundApprovalOut: {
            /**
             * @description Who: `service:…` with the token's id, or `admin`.
             * @example admin
             */
            approved_by: string;
            /** @description What they said. */
            note?: string | null;
            /** @description When. */
            approved_at: components["schemas"]["Moment"];
        };
        /** @description A refund of the payment in question. */
        RefundBehind: {
            /**
             * @description `re_…`.
             * @example re_3QxYzA2eZvKYlo2C
             */
            refund_id: string;
            /**
             * Format: int64
             * @description How much, in minor units of the payment's currency.
             */
            amount_minor: number;
            /** @description Where it stands. */
            status: components["schemas"]["RefundStatus"];
            /**
             * @description Why it was made, in Stripe's words.
             * @example requested_by_customer
             */
            reason?: string | null;
            /** @description When it was made at Stripe. */
            created_at: components["schemas"]["Moment"];
        };
        /**
         * @description A refund to be made: of a purchase, or of a payment.
         * @example {
         *       "purchase_id": "pur_01k3vg6p9yfd5a1h0c9w8t2m4q",
         *       "amount_minor": 500,
         *       "reason": "requested_by_customer",
         *       "note": "ticket 4711"
         *     }
         */
        RefundIn: {
            /** @description The purchase whose payment is given back. */
            purchase_id?: string | null;
            /**
             * @description The payment that is given back, in place of a purchase.
             * @example pi_3QK
             */
            payment_intent_id?: string | null;
            /**
             * Format: int64
             * @description How much, in minor units of the payment's currency; all that can be given back where it is left out.
             * @example 500
             */
            amount_minor?: number | null;
            reason?: components["schemas"]["RefundReason"] | null;
            /** @description Why, in your own words; kept with the refund, and not shown to the buyer. */
            note?: string | null;
            /** @description Whether only the share of the credits that are still in the user's wallets may be given back. */
            unspent_only?: boolean;
        };
        /** @description A refund as the wire shows it. */
        RefundOut: {
            /**
             * @description The refund at Stripe.
             * @example re_3QK
             */
            refund_id: string;
            /**
             * @description The payment it gives back.
             * @example pi_3QK
             */
            payment_intent_id: string;
            /** @description The purchase that the payment was for, once that is known. */
            purchase_id?: string | null;
            user_id?: components["schemas"]["UserId"] | null;
            /**
             * Format: int64
             * @description How much, in minor units.
             * @example 500
             */
            amount_minor: number;
            /**
             * @description The currency.
             * @example usd
             */
            currency: string;
            /** @description Where it stands. */
            status: components["schemas"]["RefundStatus"];
            /** @description Why it was made, in Stripe's words. */
            reason?: string | null;
            /** @description Why it failed, in Stripe's words. */
            failure_reason?: string | null;
            /** @description What was noted where it was asked for here. */
            note?: string | null;
            /** @description When it was made. */
            created_at: components["schemas"]["Moment"];
        };
        /**
         * @description Why the policy does not allow a refund.
         * @enum {string}
         */
        RefundOutside: "no_policy" | "window_over" | "delivered" | "spent";
        /**
         * @description Why a refund is made, in Stripe's words, who learns from it.
         * @enum {string}
         */
        RefundReason: "duplicate" | "fraudulent" | "requested_by_customer";
        /**
         * @description A refusal.
         * @example {
         *       "reason": "The credits were used."
         *     }
         */
        RefundRefusalIn: {
            /** @description Why, 1 to 500 characters; told to the buyer. */
            reason: string;
        };
        /**
         * @description A refund that is asked for.
         * @example {
         *       "purchase_id": "pur_01k3vg6p9yfd5a1h0c9w8t2m4q",
         *       "reason": "It does not suit me."
         *     }
         */
        RefundRequestIn: {
            /** @description The purchase; of a plan, its invoice (`in_…`). */
            purchase_id: string;
            /**
             * Format: int64
             * @description How much, in minor units; all that the policy allows where it is left out.
             * @example 500
             */
            amount_minor?: number | null;
            /** @description Why, 1 to 500 characters. */
            reason: string;
        };
        /** @description A request for a refund as the wire shows it. */
        RefundRequestOut: {
            /**
             * @description Its id.
             * @example rrq_01k3vg6p9yfd5a1h0c9w8t2m4q
             */
            request_id: string;
            /** @description Who bought. */
            user_id: components["schemas"]["UserId"];
            /**
             * @description What was bought.
             * @example pur_01k3vg6p9yfd5a1h0c9w8t2m4q
             */
            purchase_id: string;
            /**
             * @description Which item of the catalogue.
             * @example starter
             */
            item_id: string;
            /**
             * @description The payment that is to go back.
             * @example pi_3QK
             */
            payment_intent_id: string;
            /**
             * Format: int64
             * @description How much, in minor units.
             * @example 500
             */
            amount_minor: number;
            /**
             * @description The currency.
             * @example usd
             */
            currency: string;
            /** @description Why it is asked for. */
            reason: string;
            /** @description Where it stands. */
            status: components["schemas"]["RefundRequestStatus"];
            /** @description What is said to the buyer about it: why it was declined, or why Stripe refused. */
            answer?: string | null;
            /**
             * @description The refund at Stripe, once it is made.
             * @example re_3QK
             */
            refund_id?: string | null;
            refund_status?: components["schemas"]["RefundStatus"] | null;
            outside_policy?: components["schemas"]["RefundOutside"] | null;
            /**
             * Format: int64
             * @description How many must approve it; 0 where it was granted at once.
             * @example 1
             */
            approvals_needed: number;
            /**
             * @description Who asked; told to the shop.
             * @example user:ada
             */
            requested_by?: string | null;
            /** @description Who approved it so far; told to the shop. */
            approvals?: components["schemas"]["RefundApprovalOut"][] | null;
            /**
             * @description Who decided it, `policy` where nobody had to; told to the shop.
             * @example policy
             */
            decided_by?: string | null;
            decided_at?: components["schemas"]["Moment"] | null;
            /** @description When it was asked for. */
            created_at: components["schemas"]["Moment"];
        };
        /**
         * @description Where a request stands.
         * @enum {string}
         */
        RefundRequestStatus: "waiting" | "approved" | "declined" | "refunded" | "failed";
        /**
         * @description Where a refund stands. The order is the order of certainty; one that succeeded may still fail.
         * @enum {string}
         */
        RefundStatus: "pending" | "requires_action" | "succeeded" | "canceled" | "failed";
        /** @description A share of the price that goes back to a client who cancels early enough. */
        RefundTier: {
            /**
             * Format: int64
             * @description At least so many hours before the start.
             * @example 48
             */
            hours_before: number;
            /**
             * Format: int64
             * @description So many percent.
             * @example 100
             */
            percent: number;
        };
        /** @description What a replay was taken in as, or would come to. */
        ReplayOut: {
            /** @description Stripe's id of the event. */
            id: string;
            /** @description Where it stands now; with `dry_run` where it would stand. */
            status: components["schemas"]["EventStatus"];
            /** @description Whether it is only told, and nothing was changed. */
            dry_run: boolean;
            /** @description With `dry_run`: what would happen that has not happened yet. */
            effects?: components["schemas"]["EffectOut"][] | null;
            /** @description With `dry_run`: what would go wrong. */
            last_error?: string | null;
        };
        /**
         * @description What is to be sent again: deliveries that have ended and that every given condition fits. At least one must be given.
         * @example {
         *       "status": "failed",
         *       "dry_run": true
         *     }
         */
        ReplayWebhooksIn: {
            /** @description Only that of this message. */
            message_id?: string | null;
            status?: components["schemas"]["DeliveryStatus"] | null;
            from?: components["schemas"]["Moment"] | null;
            until?: components["schemas"]["Moment"] | null;
            /** @description Only count them. */
            dry_run?: boolean;
        };
        /** @description What a replay came to. */
        ReplayWebhooksOut: {
            /**
             * Format: int64
             * @description How many deliveries there are to send again.
             */
            deliveries: number;
            /** @description Whether they were only counted. */
            dry_run: boolean;
        };
        /**
         * @description What a point of a series covers.
         * @enum {string}
         */
        ReportInterval: "day" | "week" | "month";
        /** @description Another time for a booking. */
        RescheduleIn: {
            /** @description When it begins: a free slot of the session type. */
            starts_at: components["schemas"]["Moment"];
            /**
             * @description Another session type of the same builder; its own where it is left out.
             * @example mentoring
             */
            session_type?: string | null;
        };
        /** @description Money that came and went, in minor units. */
        RevenueOut: {
            /**
             * Format: int64
             * @description Payments that came, by the books.
             * @example 120
             */
            payments: number;
            /**
             * Format: int64
             * @description What they came to.
             * @example 240000
             */
            gross_minor: number;
            /**
             * Format: int64
             * @description What the books took back of payments for refunds and disputes, less what came back; never more than was paid.
             * @example 9900
             */
            reversed_minor: number;
            /**
             * Format: int64
             * @description Refunds, counted by the day on which they were made; those that failed are none.
             * @example 3
             */
            refunds: number;
            /**
             * Format: int64
             * @description What they came to.
             * @example 9900
             */
            refunds_minor: number;
            /**
             * Format: int64
             * @description Disputes that take money, counted by the day on which they were opened; those that were won are none.
             * @example 0
             */
            disputes: number;
            /**
             * Format: int64
             * @description What they came to.
             * @example 0
             */
            disputes_minor: number;
            /**
             * Format: int64
             * @description What Stripe keeps of payments, counted by the day of the payment, shortly after Stripe tells. In the currency of the
             *     balance at Stripe: a payment in another currency has its fee there.
             * @example 10560
             */
            fees_minor: number;
            /**
             * Format: int64
             * @description Gross less what was reversed and the fees.
             * @example 219540
             */
            net_minor: number;
        };
        /**
         * @description What an operator may do.
         * @enum {string}
         */
        Role: "viewer" | "operator" | "admin";
        /** @description How a secret is replaced. */
        RotateIn: {
            /**
             * Format: int64
             * @description For how many seconds the secrets before it stay valid, 0 to 2592000; 86400 where it is left out.
             * @example 86400
             */
            overlap_seconds?: number | null;
        };
        /**
         * @description How a secret is replaced.
         * @example {
         *       "overlap_seconds": 3600
         *     }
         */
        RotateSecretIn: {
            /**
             * Format: int64
             * @description How long the former secret signs as well, 0 to 604800; a day where it is left out.
             */
            overlap_seconds?: number | null;
        };
        /** @description A new value. */
        SeededDataIn: {
            /** @description Any JSON, up to 65536 bytes. */
            value: unknown;
        };
        /** @description One piece of a user's data as the wire shows it. */
        SeededDataOut: {
            /** @description Whose. */
            user_id: components["schemas"]["UserId"];
            /**
             * @description The name of the template that it came from.
             * @example widget
             */
            name: string;
            /** @description The data. */
            value: unknown;
            /**
             * @description What to send as If-Match to change it.
             * @example "1"
             */
            etag: string;
            /**
             * @description The subscription that brought it.
             * @example sub_1PqV
             */
            subscription_id: string;
            /** @description When it was seeded. */
            created_at: components["schemas"]["Moment"];
            /** @description When it last changed. */
            updated_at: components["schemas"]["Moment"];
        };
        /** @description A session that can be booked. */
        SessionOut: {
            /** @description Who gives it. */
            builder_id: components["schemas"]["UserId"];
            /**
             * Format: int64
             * @description How long it lasts.
             * @example 60
             */
            minutes: number;
            /**
             * Format: int64
             * @description How long before its start it must be booked at the latest.
             * @example 120
             */
            notice_minutes: number;
            /**
             * Format: int64
             * @description How many days before its start it can be booked at the earliest.
             * @example 60
             */
            horizon_days: number;
            /** @description What goes back to a client who cancels, the earliest first. Where the builder cancels, everything does. */
            refund_tiers: components["schemas"]["RefundTier"][];
        };
        /** @description Where the buyer goes after the payment method is saved, or not. */
        SetUpIn: {
            /** @description Where Stripe sends the buyer whose payment method is saved; the shop where it is left out. */
            success_url?: string | null;
            /** @description Where Stripe sends the buyer who turns back; the shop where it is left out. */
            cancel_url?: string | null;
        };
        /** @description The page where a payment method is saved. */
        SetUpOut: {
            /**
             * @description The checkout session at Stripe, in setup mode.
             * @example cs_test_a1b2
             */
            id: string;
            /** @description The page to send the buyer to. */
            url: string;
        };
        /** @description What a link brings along. */
        SignInIn: {
            /**
             * @description What stands behind `#sign-in=` in the link.
             * @example link_9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
             */
            secret: string;
        };
        /** @description A session that can be booked. */
        SlotOut: {
            /** @description When it begins. */
            starts_at: components["schemas"]["Moment"];
            /** @description When it ends. */
            ends_at: components["schemas"]["Moment"];
            /**
             * @description When it begins in the time zone asked for, with its offset.
             * @example 2026-03-30T09:00:00+01:00
             */
            local: string;
        };
        /** @description Free slots of a session type. */
        SlotsOut: {
            /** @description Which session type. */
            session_type_id: string;
            /** @description Who gives it. */
            builder_id: components["schemas"]["UserId"];
            /**
             * @description The time zone of the local times.
             * @example Europe/London
             */
            time_zone: string;
            /** @description The free starts, the earliest first. */
            data: components["schemas"]["SlotOut"][];
        };
        /** @description A checkout under way, as the wire shows it. */
        Started: {
            /**
             * @description The checkout session at Stripe.
             * @example cs_test_a1b2
             */
            id: string;
            /** @description The page to send the buyer to. */
            url: string;
            /**
             * @description Our own id of the purchase.
             * @example pur_01k3vg6p9yfd5a1h0c9w8t2m4q
             */
            purchase_id: string;
            /** @description Where it stands. */
            status: components["schemas"]["PurchaseStatus"];
        };
        /** @description Something that changed what is owed to an earner. */
        StatementEntryOut: {
            /** @description When it was. */
            at: components["schemas"]["Moment"];
            /** @description What it is. */
            kind: components["schemas"]["PayoutEntryKind"];
            /** @description The sale: `order:ord_…` or `booking:bkg_…`. */
            sale: string;
            /** @description The line of the earnings. */
            line_id: string;
            /**
             * @description The currency of the amount.
             * @example usd
             */
            currency: string;
            /**
             * Format: int64
             * @description By how much it changes what is owed to them, in minor units.
             * @example 5101
             */
            amount_minor: number;
        };
        /** @description A statement of what is owed to somebody who earns. */
        StatementOut: {
            /** @description Who earns. */
            user_id: components["schemas"]["UserId"];
            /** @description From when on. */
            from: components["schemas"]["Moment"];
            /** @description Until before when. */
            to: components["schemas"]["Moment"];
            /** @description What it comes to, by currency. */
            sums: components["schemas"]["StatementSumsOut"][];
            /** @description What happened, the oldest first. */
            entries: components["schemas"]["StatementEntryOut"][];
        };
        /** @description What a statement comes to in one currency, in minor units. */
        StatementSumsOut: {
            /**
             * @description The currency.
             * @example usd
             */
            currency: string;
            /**
             * Format: int64
             * @description What was owed to the earner before; negative where they owed.
             * @example 0
             */
            opening_minor: number;
            /**
             * Format: int64
             * @description What was earned.
             * @example 5101
             */
            earned_minor: number;
            /**
             * Format: int64
             * @description What of that was not earned after all, since sales were given back.
             * @example 0
             */
            reversed_minor: number;
            /**
             * Format: int64
             * @description What was transferred to the connected account.
             * @example 5101
             */
            transferred_minor: number;
            /**
             * Format: int64
             * @description What of that was taken back.
             * @example 0
             */
            taken_back_minor: number;
            /**
             * Format: int64
             * @description What was owed to them afterwards: opening + earned − reversed − transferred + taken back.
             * @example 0
             */
            closing_minor: number;
        };
        /** @description What a returning buyer's page asks for until the purchase is settled. */
        StatusOut: {
            /** @description Where the purchase stands. */
            status: components["schemas"]["PurchaseStatus"];
        };
        /** @description What a user has in a group of plans. */
        Subscribed: {
            /**
             * @description The group.
             * @example main
             */
            group: string;
            /**
             * @description The subscription that decides.
             * @example sub_1PqV
             */
            subscription_id?: string | null;
            /**
             * @description Its plan.
             * @example pro-monthly
             */
            plan_id?: string | null;
            /**
             * @description Where it stands, in Stripe's word.
             * @example active
             */
            status?: string | null;
            /** @description Whether it gives access now. */
            access: boolean;
            until?: components["schemas"]["Moment"] | null;
            cancel_at?: components["schemas"]["Moment"] | null;
            /** @description Whether it ends at a time that was asked for. */
            cancel_scheduled: boolean;
            /** @description Whether a payment is overdue, and access goes on nevertheless. */
            in_grace: boolean;
            period_end?: components["schemas"]["Moment"] | null;
        };
        /** @description Users who pay for a subscription. */
        SubscribersOut: {
            /**
             * Format: int64
             * @description Before the first day.
             * @example 100
             */
            start: number;
            /**
             * Format: int64
             * @description For the first time.
             * @example 12
             */
            new: number;
            /**
             * Format: int64
             * @description Again.
             * @example 0
             */
            reactivated: number;
            /**
             * Format: int64
             * @description No more.
             * @example 4
             */
            churned: number;
            /**
             * Format: int64
             * @description Active at the end of the last day.
             * @example 108
             */
            end: number;
            /**
             * Format: int64
             * @description Those who churned as a share of the start, in basis points; absent where there were none.
             * @example 400
             */
            churn_bp?: number | null;
        };
        /**
         * @description A subscription to be begun with the payment method that the user saved.
         * @example {
         *       "plan_id": "pro-monthly"
         *     }
         */
        SubscriptionIn: {
            /** @description The plan of the catalogue. */
            plan_id: string;
            /**
             * @description The currency; the shop's own where it is left out.
             * @example usd
             */
            currency?: string | null;
            user_id?: components["schemas"]["UserId"] | null;
        };
        /** @description A subscription as the wire shows it. */
        SubscriptionOut: {
            /**
             * @description The subscription at Stripe.
             * @example sub_1QK
             */
            subscription_id: string;
            user_id?: components["schemas"]["UserId"] | null;
            /**
             * @description The plan of the catalogue; none where the price is not one of a plan.
             * @example pro-monthly
             */
            plan_id?: string | null;
            /**
             * @description The plan's group.
             * @example main
             */
            group?: string | null;
            /**
             * @description The plan's tier.
             * @example pro
             */
            tier?: string | null;
            /**
             * @description Where it stands, in Stripe's word.
             * @example active
             */
            status: string;
            cancel_at?: components["schemas"]["Moment"] | null;
            ended_at?: components["schemas"]["Moment"] | null;
            period_start_at?: components["schemas"]["Moment"] | null;
            period_end_at?: components["schemas"]["Moment"] | null;
            trial_end_at?: components["schemas"]["Moment"] | null;
            past_due_since_at?: components["schemas"]["Moment"] | null;
            /** @description Whether no money is collected for now. */
            is_paused: boolean;
            /**
             * @description The newest invoice.
             * @example in_1QK
             */
            latest_invoice_id?: string | null;
            /** @description When it was made. */
            created_at: components["schemas"]["Moment"];
        };
        /** @description The subscriptions of a user. */
        Subscriptions: {
            /** @description The subscriptions, newest first, those that are over too. */
            data: components["schemas"]["SubscriptionOut"][];
        };
        /** @description Something that happened to a user. */
        TimelineEntryOut: {
            /** @description When. */
            at: components["schemas"]["Moment"];
            /** @description What kind of thing. */
            kind: components["schemas"]["TimelineKind"];
            /**
             * @description The id of what it happened to: of a purchase, invoice, payment, refund, dispute, order, subscription or notice, or the position
             *     of a transfer.
             * @example pur_01k3vg6p9yfd5a1h0c9w8t2m4q
             */
            id: string;
            /**
             * @description Where that stands, or how it moved.
             * @example paid
             */
            status: string;
            /**
             * Format: int64
             * @description How much, in minor units where it is money; negative where credits went out, or a subscription brings in less.
             * @example 2000
             */
            amount?: number | null;
            /**
             * @description The unit of the amount: a currency, or `credits`.
             * @example usd
             */
            unit?: string | null;
            /**
             * @description More in words: the item bought, the plan, the reason, what credits moved for, or who did it.
             * @example starter
             */
            detail?: string | null;
            /**
             * @description The id of what it is about besides: of the purchase that a payment is for, the payment that a refund, a dispute or credits are
             *     of, the invoice that credits are of, or the subscription or purchase that a notice tells of.
             * @example pi_3QxYzA2eZvKYlo2C
             */
            about?: string | null;
        };
        /**
         * @description What kind of thing happened.
         * @enum {string}
         */
        TimelineKind: "purchase" | "invoice" | "payment" | "refund" | "dispute" | "order" | "subscription" | "credits" | "notice";
        /**
         * @description What is wanted when the wallet runs low: to be told, to have credits bought, or both.
         * @example {
         *       "low_balance_notice_below": 50,
         *       "below": 20,
         *       "item_id": "starter",
         *       "quantity": 1
         *     }
         */
        TopUpIn: {
            /**
             * Format: int64
             * @description A notice is given when the balance falls below this, from 1; none where it is left out.
             */
            low_balance_notice_below?: number | null;
            /**
             * Format: int64
             * @description Credits are bought when the balance, with what is on its way, falls below this, from 1; none where it is left out.
             */
            below?: number | null;
            /** @description The credit pack that is bought; goes with `below`. */
            item_id?: string | null;
            /**
             * Format: int64
             * @description How many packs; 1 where it is left out.
             * @default 1
             */
            quantity?: number | null;
            /**
             * @description The currency; the shop's own where it is left out.
             * @example usd
             */
            currency?: string | null;
        };
        /** @description What is wanted when the wallet runs low, and where that stands. */
        TopUpOut: {
            /** @description Whose wallet. */
            user_id: components["schemas"]["UserId"];
            /**
             * Format: int64
             * @description A notice is given when the balance falls below this.
             */
            low_balance_notice_below?: number | null;
            /**
             * Format: int64
             * @description Credits are bought when the balance, with what is on its way, falls below this.
             */
            below?: number | null;
            /** @description The credit pack that is bought. */
            item_id?: string | null;
            /**
             * Format: int64
             * @description How many packs.
             */
            quantity?: number | null;
            /**
             * Format: int64
             * @description What they cost, in minor units, as it was agreed to. More is never charged.
             */
            amount_minor?: number | null;
            /** @description The currency of the amount. */
            currency?: string | null;
            /** @description Whether credits would be bought, and what is in the way. */
            state: components["schemas"]["TopUpState"];
            /** @description The saved payment method at Stripe. */
            payment_method_id?: string | null;
            last_attempt?: components["schemas"]["AttemptOut"] | null;
        };
        /**
         * @description Whether credits are bought when the wallet runs low, and what is in the way.
         * @enum {string}
         */
        TopUpState: "off" | "ready" | "underway" | "waiting" | "needs_payment_method" | "stopped" | "frozen" | "offer_changed";
        /**
         * @description A user of the application, as in the `sub` of its tokens.
         * @example user_42
         */
        UserId: string;
        /** @description A user as lists show them. */
        UserOut: {
            /** @description Who. */
            user_id: components["schemas"]["UserId"];
            /** @description Where they are reached, as the application has told. */
            email?: string | null;
            /**
             * @description Their customer at Stripe, once there is one.
             * @example cus_1QK
             */
            stripe_customer_id?: string | null;
            /**
             * Format: int64
             * @description Credits in their own wallet.
             * @example 120
             */
            balance: number;
            /**
             * @description The tiers that their subscriptions give them now, one for each group of plans in which they have one.
             * @example [
             *       "pro"
             *     ]
             */
            tiers: string[];
        };
        /** @description What somebody gives out as a key. */
        VerifyIn: {
            /**
             * @description The key as it was sent to the application.
             * @example pdk_01k3vg6p9yfd5a1h0c9w8t2m4q_9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
             */
            key: string;
        };
        /** @description Whether a key is accepted, and what its user may do. */
        VerifyOut: {
            /** @description Whether it is accepted. */
            valid: boolean;
            reason?: components["schemas"]["KeyRefusal"] | null;
            key_id?: components["schemas"]["KeyId"] | null;
            user_id?: components["schemas"]["UserId"] | null;
            key_credits?: components["schemas"]["CreditsHeld"] | null;
            entitlements?: components["schemas"]["Entitlements"] | null;
        };
        /** @description A wallet as the wire shows it. */
        Wallet: {
            /** @description Whose. */
            user_id: components["schemas"]["UserId"];
            key_id?: components["schemas"]["KeyId"] | null;
            /**
             * Format: int64
             * @description Credits that may be spent.
             * @example 100
             */
            balance: number;
            /**
             * Format: int64
             * @description Credits that are reserved by holds.
             * @example 0
             */
            held: number;
            /**
             * Format: int64
             * @description Credits that are owed, because more was refunded than the user's wallets held. What comes in pays them down first. A user
             *     owes beside their own wallet: 0 for one of an API key.
             * @example 0
             */
            owed: number;
            /** @description Whether spending is refused for now, because a payment is disputed. So it is in all wallets of the user. */
            frozen: boolean;
        };
        /** @description An attempt as the wire shows it. */
        WebhookAttemptOut: {
            /** @description When it began. */
            attempted_at: components["schemas"]["Moment"];
            /**
             * Format: int64
             * @description How long it took, in microseconds.
             */
            duration_us: number;
            /**
             * Format: int64
             * @description The status of the answer, where there was one.
             */
            status_code?: number | null;
            /** @description Why it failed; absent where it came through. */
            error?: string | null;
            /** @description The first 1024 bytes of the answer. */
            answer?: string | null;
        };
        /** @description A delivery as the wire shows it. */
        WebhookDeliveryOut: {
            /**
             * Format: int64
             * @description Its number.
             */
            delivery_id: number;
            /**
             * @description The message: what the receiver sees as `webhook-id`, the same at every attempt.
             * @example msg_7b1d0c6f5f6e4f6b9c1f2a3b4c5d6e7f
             */
            message_id: string;
            /**
             * @description The message's type.
             * @example order.paid
             */
            type: string;
            /** @description Where it stands. */
            status: components["schemas"]["DeliveryStatus"];
            /**
             * Format: int64
             * @description Attempts since it was written or replayed, the one under way included.
             */
            attempts: number;
            next_attempt_at?: components["schemas"]["Moment"] | null;
            /** @description What went wrong last. */
            last_error?: string | null;
            /** @description When it was written. */
            created_at: components["schemas"]["Moment"];
            ended_at?: components["schemas"]["Moment"] | null;
            /** @description The message's body as it is sent; only where one delivery is read. */
            body?: string | null;
            /** @description Its last attempts, newest first; only where one delivery is read. */
            attempt_log?: components["schemas"]["WebhookAttemptOut"][] | null;
        };
        /**
         * @description An endpoint to be registered.
         * @example {
         *       "url": "https://app.example.com/paydesk",
         *       "event_types": [
         *         "order.paid"
         *       ]
         *     }
         */
        WebhookEndpointIn: {
            /** @description Where messages are sent: https, and an address that is public or that the operator allows. */
            url: string;
            /** @description What it is for, for people; at most 200 characters. */
            description?: string | null;
            /** @description The types that are wanted; all where it is left out or empty. */
            event_types?: components["schemas"]["MessageType"][];
        };
        /** @description An endpoint as the wire shows it. */
        WebhookEndpointOut: {
            /**
             * @description `we_…`.
             * @example we_01k3vg6p9yfd5a1h0c9w8t2m4q
             */
            endpoint_id: string;
            /** @description Where messages are sent. */
            url: string;
            /** @description What it is for. */
            description?: string | null;
            /** @description The types that are wanted; all where it is empty. */
            event_types: components["schemas"]["MessageType"][];
            /** @description Whether messages are sent. */
            status: components["schemas"]["WebhookEndpointStatus"];
            /** @description Why not. */
            disabled_because?: string | null;
            failing_since?: components["schemas"]["Moment"] | null;
            /**
             * Format: int64
             * @description Failed attempts since the last one that came through.
             */
            failures: number;
            resting_until?: components["schemas"]["Moment"] | null;
            former_secret_until?: components["schemas"]["Moment"] | null;
            /**
             * @description What messages are signed with, once: in the answer to the request that made it.
             * @example whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
             */
            secret?: string | null;
            /** @description When it was registered. */
            created_at: components["schemas"]["Moment"];
        };
        /**
         * @description Whether an endpoint is sent to.
         * @enum {string}
         */
        WebhookEndpointStatus: "enabled" | "disabled";
        /** @description How webhooks stand now. */
        WebhooksOut: {
            /**
             * Format: int64
             * @description Events that wait for their first handling; counted up to a thousand.
             * @example 0
             */
            waiting: number;
            /**
             * Format: int64
             * @description Events whose handling failed and is tried again; counted up to a thousand.
             * @example 0
             */
            retrying: number;
            /**
             * Format: int64
             * @description Events that are dead: somebody has to look; counted up to a thousand.
             * @example 0
             */
            dead: number;
            /**
             * Format: int64
             * @description For how long the oldest event that was not handled yet has waited, seconds; 0 where none waits.
             * @example 0
             */
            lag_seconds: number;
        };
        /** @description The hours of each weekday; none where one is left out. */
        WeeklyIn: {
            /**
             * @description Of Mondays.
             * @default []
             */
            monday?: components["schemas"]["HoursIn"][];
            /**
             * @description Of Tuesdays.
             * @default []
             */
            tuesday?: components["schemas"]["HoursIn"][];
            /**
             * @description Of Wednesdays.
             * @default []
             */
            wednesday?: components["schemas"]["HoursIn"][];
            /**
             * @description Of Thursdays.
             * @default []
             */
            thursday?: components["schemas"]["HoursIn"][];
            /**
             * @description Of Fridays.
             * @default []
             */
            friday?: components["schemas"]["HoursIn"][];
            /**
             * @description Of Saturdays.
             * @default []
             */
            saturday?: components["schemas"]["HoursIn"][];
            /**
             * @description Of Sundays.
             * @default []
             */
            sunday?: components["schemas"]["HoursIn"][];
        };
        /**
         * @description A problem document (RFC 9457). Some kinds add members of their own.
         * @example {
         *       "type": "/problems/invalid_request",
         *       "title": "A field of the request is wrong",
         *       "status": 422,
         *       "code": "invalid_request",
         *       "detail": "Missing field `quantity`.",
         *       "field": "items[0]"
         *     }
         */
        Problem: {
            /**
             * Format: uri-reference
             * @description A page of this server that explains the kind of problem.
             */
            type: string;
            /** @description The kind of problem, in a sentence. */
            title: string;
            /**
             * Format: int32
             * @description The HTTP status.
             */
            status: number;
            /** @description The kind of problem, for programs. Stable; a later release may know more than `x-known-codes`. */
            code: string;
            /** @description What is particular to this occurrence. */
            detail?: string;
            /** @description The field of the request that is to blame, as a path. */
            field?: string;
            /** @description On 5xx: what to quote to the operator. */
            request_id?: string;
        };
    };
    responses: {
        /** @description The request was refused (4xx) or failed (5xx). */
        Problem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        /**
         * @description A value of your choice, new for every action and the same for every repeat of it.
         * @example 7f1c2f0e-9f2b-4f4e-8a8e-0d4f6c1f6a11
         */
        IdempotencyKey: string;
    };
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type AccountSessionOut = components['schemas']['AccountSessionOut'];
export type AddIn = components['schemas']['AddIn'];
export type AnswerOut = components['schemas']['AnswerOut'];
export type AssignmentIn = components['schemas']['AssignmentIn'];
export type AttemptOut = components['schemas']['AttemptOut'];
export type AvailabilityIn = components['schemas']['AvailabilityIn'];
export type AvailabilityOut = components['schemas']['AvailabilityOut'];
export type BankPayoutOut = components['schemas']['BankPayoutOut'];
export type BankPayoutStatus = components['schemas']['BankPayoutStatus'];
export type Behind = components['schemas']['Behind'];
export type BookingOut = components['schemas']['BookingOut'];
export type BookingStatus = components['schemas']['BookingStatus'];
export type CaptureIn = components['schemas']['CaptureIn'];
export type ChangeIn = components['schemas']['ChangeIn'];
export type Changed = components['schemas']['Changed'];
export type CheckoutIn = components['schemas']['CheckoutIn'];
export type CohortOut = components['schemas']['CohortOut'];
export type CommandOut = components['schemas']['CommandOut'];
export type ConsoleSessionOut = components['schemas']['ConsoleSessionOut'];
export type ContactIn = components['schemas']['ContactIn'];
export type ContactOut = components['schemas']['ContactOut'];
export type CreditsHeld = components['schemas']['CreditsHeld'];
export type CreditsOut = components['schemas']['CreditsOut'];
export type CycleCreditsOut = components['schemas']['CycleCreditsOut'];
export type DashboardOut = components['schemas']['DashboardOut'];
export type Day = components['schemas']['Day'];
export type DeliveredOut = components['schemas']['DeliveredOut'];
export type DeliveryStatus = components['schemas']['DeliveryStatus'];
export type DisputeBehind = components['schemas']['DisputeBehind'];
export type DisputeOut = components['schemas']['DisputeOut'];
export type DisputeStatus = components['schemas']['DisputeStatus'];
export type EarningOut = components['schemas']['EarningOut'];
export type EffectOut = components['schemas']['EffectOut'];
export type Entitlements = components['schemas']['Entitlements'];
export type EventBehind = components['schemas']['EventBehind'];
export type EventDeliveryOut = components['schemas']['EventDeliveryOut'];
export type EventOut = components['schemas']['EventOut'];
export type EventStatus = components['schemas']['EventStatus'];
export type EventsOut = components['schemas']['EventsOut'];
export type ExceptionIn = components['schemas']['ExceptionIn'];
export type ExplainedDebt = components['schemas']['ExplainedDebt'];
export type ExplainedHold = components['schemas']['ExplainedHold'];
export type ExplainedLot = components['schemas']['ExplainedLot'];
export type ExplainedOrigin = components['schemas']['ExplainedOrigin'];
export type Explanation = components['schemas']['Explanation'];
export type FailedOut = components['schemas']['FailedOut'];
export type FateOut = components['schemas']['FateOut'];
export type FeedIn = components['schemas']['FeedIn'];
export type FeedMadeOut = components['schemas']['FeedMadeOut'];
export type FeedOut = components['schemas']['FeedOut'];
export type FeedPart = components['schemas']['FeedPart'];
export type FeedsOut = components['schemas']['FeedsOut'];
export type FieldKind = components['schemas']['FieldKind'];
export type FieldOut = components['schemas']['FieldOut'];
export type FiguresOut = components['schemas']['FiguresOut'];
export type FraudWarningOut = components['schemas']['FraudWarningOut'];
export type HistoryEntry = components['schemas']['HistoryEntry'];
export type HoldIn = components['schemas']['HoldIn'];
export type HoldOut = components['schemas']['HoldOut'];
export type HoldStatus = components['schemas']['HoldStatus'];
export type HopOutcome = components['schemas']['HopOutcome'];
export type HoursIn = components['schemas']['HoursIn'];
export type Interval = components['schemas']['Interval'];
export type InvoiceOut = components['schemas']['InvoiceOut'];
export type KeyId = components['schemas']['KeyId'];
export type KeyIn = components['schemas']['KeyIn'];
export type KeyOut = components['schemas']['KeyOut'];
export type KeyRefusal = components['schemas']['KeyRefusal'];
export type KeyShown = components['schemas']['KeyShown'];
export type KeyStatus = components['schemas']['KeyStatus'];
export type LedgerLotPartOut = components['schemas']['LedgerLotPartOut'];
export type LedgerSideOut = components['schemas']['LedgerSideOut'];
export type LedgerTransferDetailOut = components['schemas']['LedgerTransferDetailOut'];
export type LedgerTransferOut = components['schemas']['LedgerTransferOut'];
export type LineOut = components['schemas']['LineOut'];
export type ListedPaymentOut = components['schemas']['ListedPaymentOut'];
export type ListedSubscriptionOut = components['schemas']['ListedSubscriptionOut'];
export type MessageType = components['schemas']['MessageType'];
export type Moment = components['schemas']['Moment'];
export type MoveIn = components['schemas']['MoveIn'];
export type MrrOut = components['schemas']['MrrOut'];
export type NoticeKind = components['schemas']['NoticeKind'];
export type NoticeOut = components['schemas']['NoticeOut'];
export type OnboardingIn = components['schemas']['OnboardingIn'];
export type OnboardingOut = components['schemas']['OnboardingOut'];
export type OrderChangeOut = components['schemas']['OrderChangeOut'];
export type OrderIn = components['schemas']['OrderIn'];
export type OrderMoveIn = components['schemas']['OrderMoveIn'];
export type OrderOut = components['schemas']['OrderOut'];
export type OrderStatus = components['schemas']['OrderStatus'];
export type OtherWallet = components['schemas']['OtherWallet'];
export type PageBankPayoutOut = components['schemas']['Page_BankPayoutOut'];
export type PageBookingOut = components['schemas']['Page_BookingOut'];
export type PageDisputeOut = components['schemas']['Page_DisputeOut'];
export type PageEarningOut = components['schemas']['Page_EarningOut'];
export type PageEventOut = components['schemas']['Page_EventOut'];
export type PageFraudWarningOut = components['schemas']['Page_FraudWarningOut'];
export type PageHistoryEntry = components['schemas']['Page_HistoryEntry'];
export type PageHoldOut = components['schemas']['Page_HoldOut'];
export type PageInvoiceOut = components['schemas']['Page_InvoiceOut'];
export type PageKeyOut = components['schemas']['Page_KeyOut'];
export type PageLedgerTransferOut = components['schemas']['Page_LedgerTransferOut'];
export type PageListedPaymentOut = components['schemas']['Page_ListedPaymentOut'];
export type PageListedSubscriptionOut = components['schemas']['Page_ListedSubscriptionOut'];
export type PageNoticeOut = components['schemas']['Page_NoticeOut'];
export type PageOrderChangeOut = components['schemas']['Page_OrderChangeOut'];
export type PageOrderOut = components['schemas']['Page_OrderOut'];
export type PagePayoutAccountOut = components['schemas']['Page_PayoutAccountOut'];
export type PagePayoutTransferOut = components['schemas']['Page_PayoutTransferOut'];
export type PagePurchaseOut = components['schemas']['Page_PurchaseOut'];
export type PageRefundOut = components['schemas']['Page_RefundOut'];
export type PageRefundRequestOut = components['schemas']['Page_RefundRequestOut'];
export type PageSeededDataOut = components['schemas']['Page_SeededDataOut'];
export type PageTimelineEntryOut = components['schemas']['Page_TimelineEntryOut'];
export type PageUserOut = components['schemas']['Page_UserOut'];
export type PageWebhookDeliveryOut = components['schemas']['Page_WebhookDeliveryOut'];
export type PageWebhookEndpointOut = components['schemas']['Page_WebhookEndpointOut'];
export type PartOfLot = components['schemas']['PartOfLot'];
export type PaymentOut = components['schemas']['PaymentOut'];
export type PaymentStatus = components['schemas']['PaymentStatus'];
export type PayoutAccountOut = components['schemas']['PayoutAccountOut'];
export type PayoutAccountStatus = components['schemas']['PayoutAccountStatus'];
export type PayoutDirection = components['schemas']['PayoutDirection'];
export type PayoutEntryKind = components['schemas']['PayoutEntryKind'];
export type PayoutTransferOut = components['schemas']['PayoutTransferOut'];
export type PayoutTransferStatus = components['schemas']['PayoutTransferStatus'];
export type PlanChangeIn = components['schemas']['PlanChangeIn'];
export type PlanOut = components['schemas']['PlanOut'];
export type PointOut = components['schemas']['PointOut'];
export type PortalOut = components['schemas']['PortalOut'];
export type PreviewOut = components['schemas']['PreviewOut'];
export type ProductOut = components['schemas']['ProductOut'];
export type Products = components['schemas']['Products'];
export type Proration = components['schemas']['Proration'];
export type PurchaseKind = components['schemas']['PurchaseKind'];
export type PurchaseOut = components['schemas']['PurchaseOut'];
export type PurchaseStatus = components['schemas']['PurchaseStatus'];
export type Readiness = components['schemas']['Readiness'];
export type RefundApprovalIn = components['schemas']['RefundApprovalIn'];
export type RefundApprovalOut = components['schemas']['RefundApprovalOut'];
export type RefundBehind = components['schemas']['RefundBehind'];
export type RefundIn = components['schemas']['RefundIn'];
export type RefundOut = components['schemas']['RefundOut'];
export type RefundOutside = components['schemas']['RefundOutside'];
export type RefundReason = components['schemas']['RefundReason'];
export type RefundRefusalIn = components['schemas']['RefundRefusalIn'];
export type RefundRequestIn = components['schemas']['RefundRequestIn'];
export type RefundRequestOut = components['schemas']['RefundRequestOut'];
export type RefundRequestStatus = components['schemas']['RefundRequestStatus'];
export type RefundStatus = components['schemas']['RefundStatus'];
export type RefundTier = components['schemas']['RefundTier'];
export type ReplayOut = components['schemas']['ReplayOut'];
export type ReplayWebhooksIn = components['schemas']['ReplayWebhooksIn'];
export type ReplayWebhooksOut = components['schemas']['ReplayWebhooksOut'];
export type ReportInterval = components['schemas']['ReportInterval'];
export type RescheduleIn = components['schemas']['RescheduleIn'];
export type RevenueOut = components['schemas']['RevenueOut'];
export type Role = components['schemas']['Role'];
export type RotateIn = components['schemas']['RotateIn'];
export type RotateSecretIn = components['schemas']['RotateSecretIn'];
export type SeededDataIn = components['schemas']['SeededDataIn'];
export type SeededDataOut = components['schemas']['SeededDataOut'];
export type SessionOut = components['schemas']['SessionOut'];
export type SetUpIn = components['schemas']['SetUpIn'];
export type SetUpOut = components['schemas']['SetUpOut'];
export type SignInIn = components['schemas']['SignInIn'];
export type SlotOut = components['schemas']['SlotOut'];
export type SlotsOut = components['schemas']['SlotsOut'];
export type Started = components['schemas']['Started'];
export type StatementEntryOut = components['schemas']['StatementEntryOut'];
export type StatementOut = components['schemas']['StatementOut'];
export type StatementSumsOut = components['schemas']['StatementSumsOut'];
export type StatusOut = components['schemas']['StatusOut'];
export type Subscribed = components['schemas']['Subscribed'];
export type SubscribersOut = components['schemas']['SubscribersOut'];
export type SubscriptionIn = components['schemas']['SubscriptionIn'];
export type SubscriptionOut = components['schemas']['SubscriptionOut'];
export type Subscriptions = components['schemas']['Subscriptions'];
export type TimelineEntryOut = components['schemas']['TimelineEntryOut'];
export type TimelineKind = components['schemas']['TimelineKind'];
export type TopUpIn = components['schemas']['TopUpIn'];
export type TopUpOut = components['schemas']['TopUpOut'];
export type TopUpState = components['schemas']['TopUpState'];
export type UserId = components['schemas']['UserId'];
export type UserOut = components['schemas']['UserOut'];
export type VerifyIn = components['schemas']['VerifyIn'];
export type VerifyOut = components['schemas']['VerifyOut'];
export type Wallet = components['schemas']['Wallet'];
export type WebhookAttemptOut = components['schemas']['WebhookAttemptOut'];
export type WebhookDeliveryOut = components['schemas']['WebhookDeliveryOut'];
export type WebhookEndpointIn = components['schemas']['WebhookEndpointIn'];
export type WebhookEndpointOut = components['schemas']['WebhookEndpointOut'];
export type WebhookEndpointStatus = components['schemas']['WebhookEndpointStatus'];
export type WebhooksOut = components['schemas']['WebhooksOut'];
export type WeeklyIn = components['schemas']['WeeklyIn'];
export type Problem = components['schemas']['Problem'];
export type ResponseProblem = components['responses']['Problem'];
export type ParameterIdempotencyKey = components['parameters']['IdempotencyKey'];
export type $defs = Record<string, never>;
export interface operations {
    read_account_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountSessionOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    sign_in_to_account: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Signed in. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountSessionOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    sign_out_of_account: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Signed out. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    list_bookings: {
        parameters: {
            query?: {
                /** @description How many entries, 1 to 100; 20 where it is left out. */
                limit?: number;
                /** @description The `next` of the page before. */
                after?: string;
                /** @description Only those of this status. */
                status?: components["schemas"]["BookingStatus"];
                /** @description Only those that this user gives; a user may name themselves, and leave out whose. */
                builder_id?: components["schemas"]["UserId"];
                /** @description Whose; only a service or the operator names somebody, or leaves it out for everybody's. */
                user_id?: components["schemas"]["UserId"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of bookings. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_BookingOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_booking_slots: {
        parameters: {
            query: {
                /**
                 * @description The session type of the catalogue.
                 * @example mentoring
                 */
                session_type: string;
                /** @description From; now where it is left out. */
                from?: components["schemas"]["Moment"];
                /** @description Until before, up to 62 days later; 30 days later where it is left out. */
                to?: components["schemas"]["Moment"];
                /**
                 * @description An IANA time zone in which the starts are told as well; UTC where it is left out.
                 * @example Europe/London
                 */
                time_zone?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The free slots. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SlotsOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    read_booking: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The booking. */
                booking_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The booking. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BookingOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    cancel_booking: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description A value of your choice, new for every action and the same for every repeat of it.
                 * @example 7f1c2f0e-9f2b-4f4e-8a8e-0d4f6c1f6a11
                 */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The booking. */
                booking_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Cancelled. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BookingOut"];
                };
            };
            /** @description It cannot be cancelled any more. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    mark_booking_no_show: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description A value of your choice, new for every action and the same for every repeat of it.
                 * @example 7f1c2f0e-9f2b-4f4e-8a8e-0d4f6c1f6a11
                 */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The booking. */
                booking_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Noted. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BookingOut"];
                };
            };
            /** @description It has not begun, or does not take place. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    reschedule_booking: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description A value of your choice, new for every action and the same for every repeat of it.
                 * @example 7f1c2f0e-9f2b-4f4e-8a8e-0d4f6c1f6a11
                 */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The booking. */
                booking_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RescheduleIn"];
            };
        };
        responses: {
            /** @description Moved. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BookingOut"];
                };
            };
            /** @description Somebody else has the time, the other session costs more, or it cannot be moved any more. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The builder gives no such sessions, or none at this time. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    read_availability: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The builder: a user who gives a session type. */
                builder_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description When the builder is there. */
            200: {
                headers: {
                    /** @description Its version. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AvailabilityOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    replace_availability: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description The ETag of the version that is replaced.
                 * @example "1"
                 */
                "If-Match": string;
            };
            path: {
                /** @description The builder: a user who gives a session type. */
                builder_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AvailabilityIn"];
            };
        };
        responses: {
            /** @description Changed. */
            200: {
                headers: {
                    /** @description Its new version. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AvailabilityOut"];
                };
            };
            /** @description It has changed since it was read; nothing was changed. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description If-Match is missing. */
            428: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    list_calendar_feeds: {
        parameters: {
            query?: {
                /** @description Whose; only a service or the operator names somebody. */
                user_id?: components["schemas"]["UserId"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The feeds. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FeedsOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    create_calendar_feed: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description A value of your choice, new for every action and the same for every repeat of it.
                 * @example 7f1c2f0e-9f2b-4f4e-8a8e-0d4f6c1f6a11
                 */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FeedIn"];
            };
        };
        responses: {
            /** @description Made; the address is shown this once. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FeedOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    end_calendar_feed: {
        parameters: {
            query?: {
                /** @description Whose; only a service or the operator names somebody. */
                user_id?: components["schemas"]["UserId"];
            };
            header?: never;
            path: {
                /** @description Which feed. */
                part: components["schemas"]["FeedPart"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ended. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    read_console_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConsoleSessionOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    sign_in_to_console: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignInIn"];
            };
        };
        responses: {
            /** @description Signed in. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConsoleSessionOut"];
                };
            };
            /** @description The link was used before, or has ended. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    sign_out_of_console: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Signed out. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    list_disputes: {
        parameters: {
            query?: {
                /** @description How many entries, 1 to 100; 20 where it is left out. */
                limit?: number;
                /** @description The `next` of the page before. */
                after?: string;
                /** @description Only those of this user's payments. */
                user_id?: components["schemas"]["UserId"];
                /** @description Only those of this payment. */
                payment_intent_id?: string;
                /** @description Only those of this status. */
                status?: components["schemas"]["DisputeStatus"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of disputes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_DisputeOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    read_dispute: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The dispute. */
                dispute_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The dispute. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DisputeOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    read_entitlements: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Who. */
                user_id: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What they may do. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Entitlements"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_events: {
        parameters: {
            query?: {
                /** @description How many entries, 1 to 100; 20 where it is left out. */
                limit?: number;
                /** @description The `next` of the page before. */
                after?: string;
                /** @description Only those of this status. */
                status?: components["schemas"]["EventStatus"];
                /** @description Only those of this type. */
                type?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of events. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_EventOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    read_event: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Stripe's id of the event. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The event. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    replay_event: {
        parameters: {
            query?: {
                /** @description Only tell what would happen, and change nothing. */
                dry_run?: boolean;
            };
            header: {
                /**
                 * @description A value of your choice, new for every action and the same for every repeat of it.
                 * @example 7f1c2f0e-9f2b-4f4e-8a8e-0d4f6c1f6a11
                 */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description Stripe's id of the event. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What that would do; nothing was changed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReplayOut"];
                };
            };
            /** @description It will be handled again. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReplayOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    read_dashboard: {
        parameters: {
            query?: {
                /** @description The first day; the thirtieth up to the last day where it is left out. */
                from?: components["schemas"]["Day"];
                /** @description The last day; today, UTC, where it is left out. */
                to?: components["schemas"]["Day"];
                /**
                 * @description The currency of money; the shop's own where it is left out.
                 * @example usd
                 */
                currency?: string;
                /** @description What a point of the series covers; a day where it is left out. A series has no more than 400 points. */
                interval?: "day" | "week" | "month";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The figures. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DashboardOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    read_credits: {
        parameters: {
            query?: {
                /** @description The API key whose credits are meant; the user's own where it is left out. */
                key_id?: components["schemas"]["KeyId"];
            };
            header?: never;
            path: {
                /** @description Whose wallet. */
                user_id: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The wallet. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Wallet"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    add_credits: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description A value of your choice, new for every action and the same for every repeat of it.
                 * @example 7f1c2f0e-9f2b-4f4e-8a8e-0d4f6c1f6a11
                 */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description Whose wallet. */
                user_id: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddIn"];
            };
        };
        responses: {
            /** @description Given. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Changed"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    explain_credits: {
        parameters: {
            query?: {
                /** @description The API key whose credits are meant; the user's own where it is left out. */
                key_id?: components["schemas"]["KeyId"];
                /** @description How many lots, 1 to 100; 20 where it is left out. */
                limit?: number;
                /** @description The `next` of the page before. */
                after?: string;
            };
            header?: never;
            path: {
                /** @description Whose wallet. */
                user_id: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Why the wallet holds what it holds. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Explanation"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_credit_history: {
        parameters: {
            query?: {
                /** @description How many entries, 1 to 100; 20 where it is left out. */
                limit?: number;
                /** @description The `next` of the page before. */
                after?: string;
                /** @description The API key whose credits are meant; the user's own where it is left out. */
                key_id?: components["schemas"]["KeyId"];
                /**
                 * @description Only transfers of these codes, separated by commas.
                 * @example spend,expire
                 */
                code?: string;
                /**
                 * @description Only transfers at this time or later, RFC 3339.
                 * @example 2026-01-01T00:00:00Z
                 */
                from?: string;
                /**
                 * @description Only transfers before this time, RFC 3339.
                 * @example 2026-02-01T00:00:00Z
                 */
                to?: string;
            };
            header?: never;
            path: {
                /** @description Whose wallet. */
                user_id: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of the history. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_HistoryEntry"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    download_credit_history: {
        parameters: {
            query?: {
                /** @description The number in the `Link` of the table before. */
                after?: string;
                /** @description The API key whose credits are meant; the user's own where it is left out. */
                key_id?: components["schemas"]["KeyId"];
                /**
                 * @description Only transfers of these codes, separated by commas.
                 * @example spend,expire
                 */
                code?: string;
                /**
                 * @description Only transfers at this time or later, RFC 3339.
                 * @example 2026-01-01T00:00:00Z
                 */
                from?: string;
                /**
                 * @description Only transfers before this time, RFC 3339.
                 * @example 2026-02-01T00:00:00Z
                 */
                to?: string;
            };
            header?: never;
            path: {
                /** @description Whose wallet. */
                user_id: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The table. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_holds: {
        parameters: {
            query?: {
                /** @description How many entries, 1 to 100; 20 where it is left out. */
                limit?: number;
                /** @description The `next` of the page before. */
                after?: string;
                /** @description Only those of this status. */
                status?: components["schemas"]["HoldStatus"];
            };
            header?: never;
            path: {
                /** @description Whose credits. */
                user_id: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of holds. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_HoldOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    create_hold: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description A value of your choice, new for every action and the same for every repeat of it.
                 * @example 7f1c2f0e-9f2b-4f4e-8a8e-0d4f6c1f6a11
                 */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description Whose credits. */
                user_id: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["HoldIn"];
            };
        };
        responses: {
            /** @description Set aside. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HoldOut"];
                };
            };
            /** @description The wallet does not hold enough; nothing was set aside. */
            402: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    read_hold: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Whose credits. */
                user_id: components["schemas"]["UserId"];
                /** @description The hold. */
                hold_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The hold. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HoldOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    capture_hold: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description A value of your choice, new for every action and the same for every repeat of it.
                 * @example 7f1c2f0e-9f2b-4f4e-8a8e-0d4f6c1f6a11
                 */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description Whose credits. */
                user_id: components["schemas"]["UserId"];
                /** @description The hold. */
                hold_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CaptureIn"];
            };
        };
        responses: {
            /** @description Captured. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HoldOut"];
                };
            };
            /** @description The hold has ended; `ended` says how. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    release_hold: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description A value of your choice, new for every action and the same for every repeat of it.
                 * @example 7f1c2f0e-9f2b-4f4e-8a8e-0d4f6c1f6a11
                 */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description Whose credits. */
                user_id: components["schemas"]["UserId"];
                /** @description The hold. */
                hold_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Released. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HoldOut"];
                };
            };
            /** @description The hold has ended; `ended` says how. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    move_credits: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description A value of your choice, new for every action and the same for every repeat of it.
                 * @example 7f1c2f0e-9f2b-4f4e-8a8e-0d4f6c1f6a11
                 */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description Whose wallets. */
                user_id: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MoveIn"];
            };
        };
        responses: {
            /** @description Moved; the wallet they came from. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Changed"];
                };
            };
            /** @description The wallet does not hold enough; nothing was moved. */
            402: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    remove_credits: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description A value of your choice, new for every action and the same for every repeat of it.
                 * @example 7f1c2f0e-9f2b-4f4e-8a8e-0d4f6c1f6a11
                 */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description Whose wallet. */
                user_id: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeIn"];
            };
        };
        responses: {
            /** @description Taken back. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Changed"];
                };
            };
            /** @description The wallet does not hold enough; nothing was taken. */
            402: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    spend_credits: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description A value of your choice, new for every action and the same for every repeat of it.
                 * @example 7f1c2f0e-9f2b-4f4e-8a8e-0d4f6c1f6a11
                 */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description Whose wallet. */
                user_id: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeIn"];
            };
        };
        responses: {
            /** @description Spent. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Changed"];
                };
            };
            /** @description The wallet does not hold enough; nothing was taken. */
            402: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    read_top_up: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Whose wallet. */
                user_id: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What is wanted. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TopUpOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    change_top_up: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Whose wallet. */
                user_id: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TopUpIn"];
            };
        };
        responses: {
            /** @description What is wanted now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TopUpOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    remove_top_up: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Whose wallet. */
                user_id: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Nothing is wanted any more. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    set_up_top_up: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description A value of your choice, new for every action and the same for every repeat of it.
                 * @example 7f1c2f0e-9f2b-4f4e-8a8e-0d4f6c1f6a11
                 */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description Whose payment method. */
                user_id: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetUpIn"];
            };
        };
        responses: {
            /** @description The page to send the buyer to. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SetUpOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_fraud_warnings: {
        parameters: {
            query?: {
                /** @description How many entries, 1 to 100; 20 where it is left out. */
                limit?: number;
                /** @description The `next` of the page before. */
                after?: string;
                /** @description Whose; only a service or the operator names somebody. */
                user_id?: components["schemas"]["UserId"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of warnings. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_FraudWarningOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_keys: {
        parameters: {
            query?: {
                /** @description How many entries, 1 to 100; 20 where it is left out. */
                limit?: number;
                /** @description The `next` of the page before. */
                after?: string;
                /** @description Whose; only a service or the operator names somebody. */
                user_id?: components["schemas"]["UserId"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of keys. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_KeyOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    create_key: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description A value of your choice, new for every action and the same for every repeat of it.
                 * @example 7f1c2f0e-9f2b-4f4e-8a8e-0d4f6c1f6a11
                 */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KeyIn"];
            };
        };
        responses: {
            /** @description Made. The secret is not shown again. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyShown"];
                };
            };
            /** @description The user has as many keys as a user may have, or the secret was shown already. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    verify_key: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["VerifyIn"];
            };
        };
        responses: {
            /** @description Whether it is accepted. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VerifyOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    read_key: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The key. */
                key_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key, without its secret. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    reveal_key: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description A value of your choice, new for every action and the same for every repeat of it.
                 * @example 7f1c2f0e-9f2b-4f4e-8a8e-0d4f6c1f6a11
                 */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The key. */
                key_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The secret, which is not shown again. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyShown"];
                };
            };
            /** @description The secret was shown already, or the key is revoked. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    revoke_key: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description A value of your choice, new for every action and the same for every repeat of it.
                 * @example 7f1c2f0e-9f2b-4f4e-8a8e-0d4f6c1f6a11
                 */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The key. */
                key_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Revoked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    rotate_key: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description A value of your choice, new for every action and the same for every repeat of it.
                 * @example 7f1c2f0e-9f2b-4f4e-8a8e-0d4f6c1f6a11
                 */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The key. */
                key_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RotateIn"];
            };
        };
        responses: {
            /** @description The secret, which is not shown again. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyShown"];
                };
            };
            /** @description The key is revoked, or this request's secret was shown already. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    list_ledger_transfers: {
        parameters: {
            query?: {
                /** @description How many entries, 1 to 100; 20 where it is left out. */
                limit?: number;
                /** @description The `next` of the page before. */
                after?: string;
                /**
                 * @description Only those of this code, such as `grant`, `spend`, `collect` or `refund`.
                 * @example collect
                 */
                code?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of transfers. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_LedgerTransferOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    read_ledger_transfer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its place in the books. */
                position: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The transfer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LedgerTransferDetailOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_notices: {
        parameters: {
            query?: {
                /** @description How many entries, 1 to 100; 20 where it is left out. */
                limit?: number;
                /** @description The `next` of the page before. */
                after?: string;
                /** @description Whose; only a service or the operator names somebody. */
                user_id?: components["schemas"]["UserId"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of notices. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_NoticeOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_orders: {
        parameters: {
            query?: {
                /** @description How many entries, 1 to 100; 20 where it is left out. */
                limit?: number;
                /** @description The `next` of the page before. */
                after?: string;
                /** @description Only those of this status. */
                status?: components["schemas"]["OrderStatus"];
                /** @description Only those of this package. */
                package_id?: string;
                /** @description Only those that this user is to work on; a user may name themselves, and leave out whose. */
                reviewer_id?: components["schemas"]["UserId"];
                /** @description Whose; only a service or the operator names somebody, or leaves it out for everybody's. */
                user_id?: components["schemas"]["UserId"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of orders. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_OrderOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    create_order: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description A value of your choice, new for every action and the same for every repeat of it.
                 * @example 7f1c2f0e-9f2b-4f4e-8a8e-0d4f6c1f6a11
                 */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OrderIn"];
            };
        };
        responses: {
            /** @description Written, as a draft. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    read_order: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The order. */
                order_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The order. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    assign_order: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description A value of your choice, new for every action and the same for every repeat of it.
                 * @example 7f1c2f0e-9f2b-4f4e-8a8e-0d4f6c1f6a11
                 */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The order. */
                order_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AssignmentIn"];
            };
        };
        responses: {
            /** @description Assigned. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderOut"];
                };
            };
            /** @description The order is given up. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    list_order_changes: {
        parameters: {
            query?: {
                /** @description How many entries, 1 to 100; 20 where it is left out. */
                limit?: number;
                /** @description The `next` of the page before. */
                after?: string;
            };
            header?: never;
            path: {
                /** @description The order. */
                order_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of changes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_OrderChangeOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    move_order: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description A value of your choice, new for every action and the same for every repeat of it.
                 * @example 7f1c2f0e-9f2b-4f4e-8a8e-0d4f6c1f6a11
                 */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The order. */
                order_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OrderMoveIn"];
            };
        };
        responses: {
            /** @description Moved. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderOut"];
                };
            };
            /** @description It cannot be moved there; `allowed` says where it can. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    list_payments: {
        parameters: {
            query?: {
                /** @description How many entries, 1 to 100; 20 where it is left out. */
                limit?: number;
                /** @description The `next` of the page before. */
                after?: string;
                /** @description Only those of this user. */
                user_id?: components["schemas"]["UserId"];
                /** @description Only those of this status. */
                status?: "requires_payment_method" | "processing" | "failed" | "canceled" | "succeeded";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of payments. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_ListedPaymentOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    create_payments_checkout_session: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description A value of your choice, new for every action and the same for every repeat of it.
                 * @example 7f1c2f0e-9f2b-4f4e-8a8e-0d4f6c1f6a11
                 */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CheckoutIn"];
            };
        };
        responses: {
            /** @description The page to send the buyer to. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Started"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    read_payment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The `PaymentIntent` or the charge at Stripe. */
                payment_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The payment. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListedPaymentOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_payout_accounts: {
        parameters: {
            query?: {
                /** @description How many entries, 1 to 100; 20 where it is left out. */
                limit?: number;
                /** @description The `next` of the page before. */
                after?: components["schemas"]["UserId"];
                /** @description Only the one of this user, where they have one. */
                user_id?: components["schemas"]["UserId"];
                /** @description Only those of this status. */
                status?: components["schemas"]["PayoutAccountStatus"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of connected accounts. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_PayoutAccountOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    read_payout_account: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Whose account. */
                user_id: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PayoutAccountOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    begin_onboarding: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description A value of your choice, new for every action and the same for every repeat of it.
                 * @example 7f1c2f0e-9f2b-4f4e-8a8e-0d4f6c1f6a11
                 */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description Who is to be paid. */
                user_id: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OnboardingIn"];
            };
        };
        responses: {
            /** @description The page to send the builder to. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OnboardingOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_payout_transfers: {
        parameters: {
            query?: {
                /** @description How many entries, 1 to 100; 20 where it is left out. */
                limit?: number;
                /** @description The `next` of the page before. */
                after?: string;
                /** @description Only those of this user. */
                user_id?: components["schemas"]["UserId"];
                /** @description Only those of this status. */
                status?: components["schemas"]["PayoutTransferStatus"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of transfers. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_PayoutTransferOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_bank_payouts: {
        parameters: {
            query?: {
                /** @description How many entries, 1 to 100; 20 where it is left out. */
                limit?: number;
                /** @description The `next` of the page before. */
                after?: string;
            };
            header?: never;
            path: {
                /** @description Whose bank. */
                user_id: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of payouts. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_BankPayoutOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_earnings: {
        parameters: {
            query?: {
                /** @description How many entries, 1 to 100; 20 where it is left out. */
                limit?: number;
                /** @description The `next` of the page before. */
                after?: string;
            };
            header?: never;
            path: {
                /** @description Who earned. */
                user_id: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of earnings. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_EarningOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    read_payout_statement: {
        parameters: {
            query: {
                /** @description From when on. */
                from: components["schemas"]["Moment"];
                /** @description Until before when. A period that is over says the same for ever. */
                to: components["schemas"]["Moment"];
            };
            header?: never;
            path: {
                /** @description Who earned. */
                user_id: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The statement. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatementOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    download_payout_statement: {
        parameters: {
            query: {
                /** @description From when on. */
                from: components["schemas"]["Moment"];
                /** @description Until before when. A period that is over says the same for ever. */
                to: components["schemas"]["Moment"];
            };
            header?: never;
            path: {
                /** @description Who earned. */
                user_id: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The table. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    print_payout_statement: {
        parameters: {
            query: {
                /** @description From when on. */
                from: components["schemas"]["Moment"];
                /** @description Until before when. A period that is over says the same for ever. */
                to: components["schemas"]["Moment"];
            };
            header?: never;
            path: {
                /** @description Who earned. */
                user_id: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The document. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/pdf": number[];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_purchases: {
        parameters: {
            query?: {
                /** @description How many entries, 1 to 100; 20 where it is left out. */
                limit?: number;
                /** @description The `next` of the page before. */
                after?: string;
                /** @description Whose; only a service or the operator names somebody. */
                user_id?: components["schemas"]["UserId"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of purchases. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_PurchaseOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    read_purchase: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The purchase. */
                purchase_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The purchase. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PurchaseOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_refund_requests: {
        parameters: {
            query?: {
                /** @description How many entries, 1 to 100; 20 where it is left out. */
                limit?: number;
                /** @description The `next` of the page before. */
                after?: string;
                /** @description Only those of this status. */
                status?: components["schemas"]["RefundRequestStatus"];
                /** @description Whose; only a service or the operator names somebody, or leaves it out for everybody's. */
                user_id?: components["schemas"]["UserId"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of requests. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_RefundRequestOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    request_refund: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description A value of your choice, new for every action and the same for every repeat of it.
                 * @example 7f1c2f0e-9f2b-4f4e-8a8e-0d4f6c1f6a11
                 */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RefundRequestIn"];
            };
        };
        responses: {
            /** @description Taken: `approved` where it is granted at once, else `waiting`. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RefundRequestOut"];
                };
            };
            /** @description The policy does not allow it, so much cannot be given back, or one is open already. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    read_refund_request: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The request. */
                request_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RefundRequestOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    approve_refund_request: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description A value of your choice, new for every action and the same for every repeat of it.
                 * @example 7f1c2f0e-9f2b-4f4e-8a8e-0d4f6c1f6a11
                 */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The request. */
                request_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RefundApprovalIn"];
            };
        };
        responses: {
            /** @description Approved; its status says whether that is enough. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RefundRequestOut"];
                };
            };
            /** @description It is decided, another must approve, or so much cannot be given back any more. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    decline_refund_request: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description A value of your choice, new for every action and the same for every repeat of it.
                 * @example 7f1c2f0e-9f2b-4f4e-8a8e-0d4f6c1f6a11
                 */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The request. */
                request_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RefundRefusalIn"];
            };
        };
        responses: {
            /** @description Declined. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RefundRequestOut"];
                };
            };
            /** @description It is decided. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    list_refunds: {
        parameters: {
            query?: {
                /** @description How many entries, 1 to 100; 20 where it is left out. */
                limit?: number;
                /** @description The `next` of the page before. */
                after?: string;
                /** @description Only those of this user's payments. */
                user_id?: components["schemas"]["UserId"];
                /** @description Only those of this payment. */
                payment_intent_id?: string;
                /** @description Only those of this status. */
                status?: components["schemas"]["RefundStatus"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of refunds. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_RefundOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    create_refund: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description A value of your choice, new for every action and the same for every repeat of it.
                 * @example 7f1c2f0e-9f2b-4f4e-8a8e-0d4f6c1f6a11
                 */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RefundIn"];
            };
        };
        responses: {
            /** @description Made at Stripe; its status says whether the money is back yet. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RefundOut"];
                };
            };
            /** @description So much cannot be given back, or only with the approval of another; nothing was. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    read_refund: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The refund. */
                refund_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The refund. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RefundOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_seeded_data: {
        parameters: {
            query?: {
                /** @description How many entries, 1 to 100; 20 where it is left out. */
                limit?: number;
                /** @description The `next` of the page before. */
                after?: string;
                /** @description Whose; only a service or the operator names somebody. */
                user_id?: components["schemas"]["UserId"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of data. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_SeededDataOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    read_seeded_data: {
        parameters: {
            query?: {
                /** @description Whose; only a service or the operator names somebody. */
                user_id?: components["schemas"]["UserId"];
            };
            header?: never;
            path: {
                /** @description The name of the plan's template. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The data. */
            200: {
                headers: {
                    /** @description Its version. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SeededDataOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    replace_seeded_data: {
        parameters: {
            query?: {
                /** @description Whose; only a service or the operator names somebody. */
                user_id?: components["schemas"]["UserId"];
            };
            header: {
                /**
                 * @description The ETag of the version that is replaced.
                 * @example "1"
                 */
                "If-Match": string;
            };
            path: {
                /** @description The name of the plan's template. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SeededDataIn"];
            };
        };
        responses: {
            /** @description Changed. */
            200: {
                headers: {
                    /** @description Its new version. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SeededDataOut"];
                };
            };
            /** @description The data has changed since it was read; nothing was changed. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description If-Match is missing. */
            428: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    create_checkout_session: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description A value of your choice, new for every action and the same for every repeat of it.
                 * @example 7f1c2f0e-9f2b-4f4e-8a8e-0d4f6c1f6a11
                 */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CheckoutIn"];
            };
        };
        responses: {
            /** @description The page to send the buyer to. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Started"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    create_subscription: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description A value of your choice, new for every action and the same for every repeat of it.
                 * @example 7f1c2f0e-9f2b-4f4e-8a8e-0d4f6c1f6a11
                 */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SubscriptionIn"];
            };
        };
        responses: {
            /** @description The subscription. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    open_customer_portal: {
        parameters: {
            query?: {
                /** @description Where the portal leads back to; this server's public address where it is left out. */
                return_url?: string;
                /** @description Whose portal; only a service or the operator names somebody. */
                user_id?: components["schemas"]["UserId"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page to send the user to. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PortalOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_products: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What is for sale. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Products"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_subscriptions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The user. */
                id: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The subscriptions. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Subscriptions"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    cancel_subscription: {
        parameters: {
            query?: {
                /** @description When; with the period that is paid for where it is left out. One whose first payment has not come ends at once. */
                when?: "period_end" | "now";
            };
            header?: never;
            path: {
                /** @description The subscription. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The subscription as it now stands. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    receive_webhook: {
        parameters: {
            query?: never;
            header: {
                /** @description Stripe's signature. */
                "Stripe-Signature": string;
            };
            path?: never;
            cookie?: never;
        };
        /** @description The event, as Stripe signed it. */
        requestBody: {
            content: {
                "application/json": string;
            };
        };
        responses: {
            /** @description Kept. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not signed by a known secret, or not an event. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description It could not be kept; Stripe sends it again. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    list_all_subscriptions: {
        parameters: {
            query?: {
                /** @description How many entries, 1 to 100; 20 where it is left out. */
                limit?: number;
                /** @description The `next` of the page before. */
                after?: string;
                /** @description Only those of this user. */
                user_id?: components["schemas"]["UserId"];
                /** @description Only those of this status. */
                status?: "incomplete" | "incomplete_expired" | "trialing" | "active" | "past_due" | "unpaid" | "paused" | "canceled";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of subscriptions. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_ListedSubscriptionOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    read_subscription: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The subscription at Stripe. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The subscription. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListedSubscriptionOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    change_subscription: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description A value of your choice, new for every action and the same for every repeat of it.
                 * @example 7f1c2f0e-9f2b-4f4e-8a8e-0d4f6c1f6a11
                 */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The subscription. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PlanChangeIn"];
            };
        };
        responses: {
            /** @description The subscription as it now stands. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    preview_subscription_change: {
        parameters: {
            query: {
                /** @description The plan of the catalogue. */
                plan_id: string;
                /** @description What becomes of the rest of the period; the difference is paid at once where it is left out. */
                proration_behavior?: components["schemas"]["Proration"];
            };
            header?: never;
            path: {
                /** @description The subscription. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What it would cost. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PreviewOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    resume_subscription: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description A value of your choice, new for every action and the same for every repeat of it.
                 * @example 7f1c2f0e-9f2b-4f4e-8a8e-0d4f6c1f6a11
                 */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The subscription. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The subscription as it now stands. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_subscription_invoices: {
        parameters: {
            query?: {
                /** @description How many entries, 1 to 100; 20 where it is left out. */
                limit?: number;
                /** @description The `next` of the page before. */
                after?: string;
            };
            header?: never;
            path: {
                /** @description The user. */
                user_id: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of invoices. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_InvoiceOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    stream_updates: {
        parameters: {
            query?: {
                /** @description Whose; only a service or the operator names somebody. */
                user_id?: components["schemas"]["UserId"];
            };
            header?: {
                /** @description The id of the last event that was seen. */
                "Last-Event-ID"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The stream. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_users: {
        parameters: {
            query?: {
                /** @description How many entries, 1 to 100; 20 where it is left out. */
                limit?: number;
                /** @description The `next` of the page before. */
                after?: components["schemas"]["UserId"];
                /**
                 * @description The begin of a user's id, or a whole e-mail address.
                 * @example ada
                 */
                search?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of users. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_UserOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    read_contact: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Who. */
                user_id: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The contact. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ContactOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    change_contact: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Who. */
                user_id: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ContactIn"];
            };
        };
        responses: {
            /** @description The contact. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ContactOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    remove_contact: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Who. */
                user_id: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is forgotten. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    read_user_timeline: {
        parameters: {
            query?: {
                /** @description How many entries at least, 1 to 100; 20 where it is left out. What happened in one moment is on one page. */
                limit?: number;
                /** @description The `next` of the page before. */
                after?: string;
            };
            header?: never;
            path: {
                /** @description The user. */
                user_id: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of what happened. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_TimelineEntryOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_webhook_endpoints: {
        parameters: {
            query?: {
                /** @description How many entries, 1 to 100; 20 where it is left out. */
                limit?: number;
                /** @description The `next` of the page before. */
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of endpoints. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_WebhookEndpointOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    create_webhook_endpoint: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description A value of your choice, new for every action and the same for every repeat of it.
                 * @example 7f1c2f0e-9f2b-4f4e-8a8e-0d4f6c1f6a11
                 */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookEndpointIn"];
            };
        };
        responses: {
            /** @description Registered, with its secret. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpointOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    read_webhook_endpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The endpoint. */
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The endpoint. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpointOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    remove_webhook_endpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The endpoint. */
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is removed. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    list_webhook_deliveries: {
        parameters: {
            query?: {
                /** @description How many entries, 1 to 100; 20 where it is left out. */
                limit?: number;
                /** @description The `next` of the page before. */
                after?: string;
                /** @description Only those of this status. */
                status?: components["schemas"]["DeliveryStatus"];
            };
            header?: never;
            path: {
                /** @description The endpoint. */
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of deliveries. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_WebhookDeliveryOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    read_webhook_delivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The endpoint. */
                endpoint_id: string;
                /** @description The delivery. */
                delivery_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The delivery. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDeliveryOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    enable_webhook_endpoint: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description A value of your choice, new for every action and the same for every repeat of it.
                 * @example 7f1c2f0e-9f2b-4f4e-8a8e-0d4f6c1f6a11
                 */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The endpoint. */
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The endpoint. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpointOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    replay_webhook_deliveries: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description A value of your choice, new for every action and the same for every repeat of it.
                 * @example 7f1c2f0e-9f2b-4f4e-8a8e-0d4f6c1f6a11
                 */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The endpoint. */
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplayWebhooksIn"];
            };
        };
        responses: {
            /** @description How many. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReplayWebhooksOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    rotate_webhook_secret: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description A value of your choice, new for every action and the same for every repeat of it.
                 * @example 7f1c2f0e-9f2b-4f4e-8a8e-0d4f6c1f6a11
                 */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The endpoint. */
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RotateSecretIn"];
            };
        };
        responses: {
            /** @description The endpoint, with its new secret. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpointOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    read_calendar_feed: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The secret, and `.ics`. */
                feed: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The calendar. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/calendar": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    checkout_credits: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description A value of your choice, new for every action and the same for every repeat of it.
                 * @example 7f1c2f0e-9f2b-4f4e-8a8e-0d4f6c1f6a11
                 */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CheckoutIn"];
            };
        };
        responses: {
            /** @description The page to send the buyer to. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Started"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    get_liveness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It lives. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example ok */
                    "text/plain": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    get_metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The metrics. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    read_payment_cancel: {
        parameters: {
            query: {
                /** @description The purchase. */
                purchase_id: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    read_payment_status: {
        parameters: {
            query: {
                /** @description The checkout session, as Stripe put it into the address. */
                session_id: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Where it stands. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatusOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    read_payment_success: {
        parameters: {
            query: {
                /** @description The checkout session, as Stripe put it into the address. */
                session_id: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    get_readiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It can serve. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            /** @description It cannot, for now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    receive_forwarded: {
        parameters: {
            query?: never;
            header: {
                /** @description The edge's signature. */
                "Paydesk-Signature": string;
            };
            path?: never;
            cookie?: never;
        };
        /** @description The group, as the edge signed it. */
        requestBody: {
            content: {
                "application/octet-stream": string;
            };
        };
        responses: {
            /** @description What became of each event, in their order. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AnswerOut"];
                };
            };
            /** @description Not signed by a known internal secret, or not just now. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No internal secret is configured, or events are taken on another listener. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
}
