//! The schema: numbered steps, forward only. A step is never edited once it is released.

use store::Migration;

/// Every step, in order.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        number: 1,
        name: "spine",
        sql: include_str!("0001_spine.sql"),
    },
    Migration {
        number: 2,
        name: "service tokens",
        sql: include_str!("0002_service_token.sql"),
    },
    Migration {
        number: 3,
        name: "orders by status",
        sql: include_str!("0003_order_status.sql"),
    },
    Migration {
        number: 4,
        name: "listing of retrying events",
        sql: include_str!("0004_event_retrying.sql"),
    },
    Migration {
        number: 5,
        name: "subscriptions",
        sql: include_str!("0005_subscription.sql"),
    },
    Migration {
        number: 6,
        name: "API keys and seeded data",
        sql: include_str!("0006_api_key.sql"),
    },
    Migration {
        number: 7,
        name: "the courier",
        sql: include_str!("0007_courier.sql"),
    },
    Migration {
        number: 8,
        name: "plans",
        sql: include_str!("0008_plan.sql"),
    },
    Migration {
        number: 9,
        name: "the work behind orders",
        sql: include_str!("0009_order_work.sql"),
    },
    Migration {
        number: 10,
        name: "requests for refunds",
        sql: include_str!("0010_refund_request.sql"),
    },
    Migration {
        number: 11,
        name: "reports",
        sql: include_str!("0011_report.sql"),
    },
    Migration {
        number: 12,
        name: "browsers that are signed in",
        sql: include_str!("0012_sign_in.sql"),
    },
    Migration {
        number: 13,
        name: "lists of operators",
        sql: include_str!("0013_listing.sql"),
    },
    Migration {
        number: 14,
        name: "connected accounts",
        sql: include_str!("0014_payout_account.sql"),
    },
    Migration {
        number: 15,
        name: "payouts",
        sql: include_str!("0015_payout_line.sql"),
    },
    Migration {
        number: 16,
        name: "bookings",
        sql: include_str!("0016_booking.sql"),
    },
    Migration {
        number: 17,
        name: "changes of bookings, and calendar feeds",
        sql: include_str!("0017_booking_change.sql"),
    },
    Migration {
        number: 18,
        name: "what builders earn of bookings",
        sql: include_str!("0018_booking_earning.sql"),
    },
    Migration {
        number: 19,
        name: "faults of Stripe's",
        sql: include_str!("0019_stripe_fault.sql"),
    },
    Migration {
        number: 20,
        name: "lists of payouts",
        sql: include_str!("0020_payout_listing.sql"),
    },
    Migration {
        number: 21,
        name: "entries of statements",
        sql: include_str!("0021_payout_entry.sql"),
    },
    Migration {
        number: 22,
        name: "prices of bookings that move",
        sql: include_str!("0022_booking_price.sql"),
    },
    Migration {
        number: 23,
        name: "payouts to banks",
        sql: include_str!("0023_bank_payout.sql"),
    },
    Migration {
        number: 24,
        name: "moves that are paid for",
        sql: include_str!("0024_booking_move.sql"),
    },
    Migration {
        number: 25,
        name: "wallets of API keys",
        sql: include_str!("0025_key_wallet.sql"),
    },
    Migration {
        number: 26,
        name: "who made transfers",
        sql: include_str!("0026_transfer_maker.sql"),
    },
    Migration {
        number: 27,
        name: "what was taken out of wallets",
        sql: include_str!("0027_taken.sql"),
    },
];
