//! What the dashboard shows, as the wire has it.

use ledger::Currency;
use serde::Serialize;

use super::Day;
use super::dashboard::Interval;
use crate::clock::Moment;

/// What an operator reads: money in one currency, and what has no currency besides.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = DashboardOut)]
pub struct Dashboard {
    /// The currency of every amount of money.
    #[schema(value_type = String, example = "usd")]
    pub currency: Currency,
    /// Every currency that there are figures in, of any day.
    #[schema(value_type = Vec<String>, example = json!(["eur", "usd"]))]
    pub currencies: Vec<Currency>,
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Day,
    /// What each point of the series covers.
    pub interval: Interval,
    /// When this was read. What was written up to about a minute before is counted.
    pub as_of: Moment,
    /// The whole span.
    pub totals: FiguresOut,
    /// The span by interval, the oldest first, with no gaps.
    pub series: Vec<PointOut>,
    /// Those who first paid for a subscription in each of the twelve months up to the last day, the oldest month first.
    pub cohorts: Vec<CohortOut>,
    /// How webhooks stand now.
    pub webhooks: WebhooksOut,
    /// Subscriptions with an overdue payment now, in any currency.
    #[schema(example = 2)]
    pub past_due_subscriptions: i64,
}

/// A point of a series.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PointOut {
    /// Its first day within the span.
    pub start: Day,
    /// Its last day within the span.
    pub end: Day,
    /// What happened in it.
    #[serde(flatten)]
    pub figures: FiguresOut,
}

/// What happened in some days, and how things stood at their end.
#[derive(Serialize, Default, utoipa::ToSchema)]
pub struct FiguresOut {
    /// Money that came and went.
    pub revenue: RevenueOut,
    /// Monthly recurring revenue.
    pub mrr: MrrOut,
    /// Users who pay for a subscription.
    pub subscribers: SubscribersOut,
    /// Payments that failed.
    pub failed_payments: FailedOut,
    /// Prepaid credits, of all currencies.
    pub credits: CreditsOut,
    /// Events from Stripe.
    pub events: EventsOut,
}

/// Money that came and went, in minor units.
#[derive(Serialize, Default, utoipa::ToSchema)]
pub struct RevenueOut {
    /// Payments that came, by the books.
    #[schema(example = 120)]
    pub payments: i64,
    /// What they came to.
    #[schema(example = 240_000)]
    pub gross_minor: i64,
    /// What the books took back of payments for refunds and disputes, less what came back; never more than was paid.
    #[schema(example = 9_900)]
    pub reversed_minor: i64,
    /// Refunds, counted by the day on which they were made; those that failed are none.
    #[schema(example = 3)]
    pub refunds: i64,
    /// What they came to.
    #[schema(example = 9_900)]
    pub refunds_minor: i64,
    /// Disputes that take money, counted by the day on which they were opened; those that were won are none.
    #[schema(example = 0)]
    pub disputes: i64,
    /// What they came to.
    #[schema(example = 0)]
    pub disputes_minor: i64,
    /// What Stripe keeps of payments, counted by the day of the payment, shortly after Stripe tells. In the currency of the
    /// balance at Stripe: a payment in another currency has its fee there.
    #[schema(example = 10_560)]
    pub fees_minor: i64,
    /// Gross less what was reversed and the fees.
    #[schema(example = 219_540)]
    pub net_minor: i64,
}

/// Monthly recurring revenue, in minor units: what active and past-due subscriptions bring in a month, before discounts
/// and taxes. Trials and subscriptions whose collection is paused bring in nothing.
#[derive(Serialize, Default, utoipa::ToSchema)]
pub struct MrrOut {
    /// Before the first day.
    #[schema(example = 100_000)]
    pub start_minor: i64,
    /// From users who pay for the first time.
    #[schema(example = 12_000)]
    pub new_minor: i64,
    /// More from users who paid before.
    #[schema(example = 3_000)]
    pub expansion_minor: i64,
    /// Less from users who go on paying; not negative.
    #[schema(example = 1_000)]
    pub contraction_minor: i64,
    /// From users who stopped paying; not negative.
    #[schema(example = 4_000)]
    pub churn_minor: i64,
    /// From users who pay again.
    #[schema(example = 0)]
    pub reactivation_minor: i64,
    /// At the end of the last day.
    #[schema(example = 110_000)]
    pub end_minor: i64,
    /// Contraction and churn as a share of the start, in basis points; absent where there was nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 500)]
    pub churn_bp: Option<i64>,
}

/// Users who pay for a subscription.
#[derive(Serialize, Default, utoipa::ToSchema)]
pub struct SubscribersOut {
    /// Before the first day.
    #[schema(example = 100)]
    pub start: i64,
    /// For the first time.
    #[schema(example = 12)]
    pub new: i64,
    /// Again.
    #[schema(example = 0)]
    pub reactivated: i64,
    /// No more.
    #[schema(example = 4)]
    pub churned: i64,
    /// Active at the end of the last day.
    #[schema(example = 108)]
    pub end: i64,
    /// Those who churned as a share of the start, in basis points; absent where there were none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 400)]
    pub churn_bp: Option<i64>,
}

/// Payments an attempt at which failed, by the day on which the payment began. Renewals of subscriptions are not among
/// them: those show as past due.
#[derive(Serialize, Default, utoipa::ToSchema)]
pub struct FailedOut {
    /// How many.
    #[schema(example = 5)]
    pub failed: i64,
    /// What they would have come to, in minor units.
    #[schema(example = 12_000)]
    pub failed_minor: i64,
    /// Those of them that were paid later.
    #[schema(example = 3)]
    pub recovered: i64,
    /// What those came to, in minor units.
    #[schema(example = 9_000)]
    pub recovered_minor: i64,
}

/// Prepaid credits.
#[derive(Serialize, Default, utoipa::ToSchema)]
pub struct CreditsOut {
    /// Bought, or come with a plan.
    #[schema(example = 10_000)]
    pub granted: i64,
    /// Given by an operator.
    #[schema(example = 100)]
    pub added: i64,
    /// Spent, and captured of holds.
    #[schema(example = 7_000)]
    pub used: i64,
    /// How often.
    #[schema(example = 700)]
    pub uses: i64,
    /// Expired before they were used.
    #[schema(example = 50)]
    pub expired: i64,
    /// Taken back by an operator.
    #[schema(example = 0)]
    pub removed: i64,
    /// Taken back because their payment was reversed, less where it came back.
    #[schema(example = 500)]
    pub clawed_back: i64,
    /// What users have at the end of the last day, in wallets and holds, less what they owe.
    #[schema(example = 52_550)]
    pub liability: i64,
}

/// Events from Stripe, by the day on which they came.
#[derive(Serialize, Default, utoipa::ToSchema)]
pub struct EventsOut {
    /// That came in.
    #[schema(example = 1_200)]
    pub received: i64,
    /// Those of them that are dead now; of the newest thousand dead ones.
    #[schema(example = 0)]
    pub dead: i64,
}

/// How webhooks stand now.
#[derive(Serialize, utoipa::ToSchema)]
pub struct WebhooksOut {
    /// Events that wait for their first handling; counted up to a thousand.
    #[schema(example = 0)]
    pub waiting: i64,
    /// Events whose handling failed and is tried again; counted up to a thousand.
    #[schema(example = 0)]
    pub retrying: i64,
    /// Events that are dead: somebody has to look; counted up to a thousand.
    #[schema(example = 0)]
    pub dead: i64,
    /// For how long the oldest event that was not handled yet has waited, seconds; 0 where none waits.
    #[schema(example = 0)]
    pub lag_seconds: i64,
}

/// Those who first paid for a subscription in one month.
#[derive(Serialize, utoipa::ToSchema)]
pub struct CohortOut {
    /// The first day of the month.
    pub month: Day,
    /// How many.
    #[schema(example = 12)]
    pub subscribers: i64,
    /// How many of them paid at the end of that month, of the next one, and so on, up to the month of the last day.
    #[schema(example = json!([12, 11, 9]))]
    pub active: Vec<i64>,
    /// What they brought in a month then, in minor units.
    #[schema(example = json!([12_000, 11_500, 9_500]))]
    pub mrr_minor: Vec<i64>,
}
