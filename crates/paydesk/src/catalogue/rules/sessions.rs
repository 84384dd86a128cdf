//! Reading session types.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use serde::Deserialize;
use toml::Spanned;

use super::super::{Item, Offer, RefundTier, SessionType};
use super::{Check, Minor};
use crate::bookings::GRAIN_MINUTES;
use crate::ids::UserId;

/// The longest session, in minutes.
const MINUTES_MAX: i64 = 12 * 60;
/// The longest buffer, in minutes. With the longest session it stays within a day, which the search for taken times
/// relies on.
const BUFFER_MINUTES_MAX: i64 = 6 * 60;
/// The longest notice, in minutes: 30 days.
const NOTICE_MINUTES_MAX: i64 = 30 * 24 * 60;
/// The farthest horizon, in days.
const HORIZON_DAYS_MAX: i64 = 366;
/// The most tiers of a policy.
const TIERS_MAX: usize = 10;
/// The earliest tier, in hours before the start.
const TIER_HOURS_MAX: i64 = 8_784;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SessionTypeIn {
    pub(super) id: Spanned<String>,
    name: Spanned<String>,
    #[serde(default)]
    description: String,
    builder: Spanned<String>,
    minutes: Spanned<i64>,
    buffer_before_minutes: Option<Spanned<i64>>,
    buffer_after_minutes: Option<Spanned<i64>>,
    start_every_minutes: Option<Spanned<i64>>,
    notice_minutes: Option<Spanned<i64>>,
    horizon_days: Option<Spanned<i64>>,
    platform_fee_basis_points: Option<Spanned<i64>>,
    #[serde(default)]
    refund_tiers: Vec<TierIn>,
    prices: Spanned<BTreeMap<String, Spanned<Minor>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TierIn {
    hours_before: Spanned<i64>,
    percent: Spanned<i64>,
}

impl Check<'_> {
    pub(super) fn session_type(&mut self, read: SessionTypeIn) -> Item {
        let minutes = self.minutes(Some(&read.minutes), GRAIN_MINUTES..=MINUTES_MAX, ("minutes", 0));
        let buffers = 0..=BUFFER_MINUTES_MAX;
        let offered = SessionType {
            builder_id: self.builder(&read.builder),
            minutes,
            buffer_before_minutes: self.minutes(
                read.buffer_before_minutes.as_ref(),
                buffers.clone(),
                ("buffer_before_minutes", 0),
            ),
            buffer_after_minutes: self.minutes(
                read.buffer_after_minutes.as_ref(),
                buffers,
                ("buffer_after_minutes", 0),
            ),
            start_every_minutes: self.minutes(
                read.start_every_minutes.as_ref(),
                GRAIN_MINUTES..=24 * 60,
                ("start_every_minutes", minutes),
            ),
            notice_minutes: self.number(
                read.notice_minutes.as_ref(),
                0..=NOTICE_MINUTES_MAX,
                ("notice_minutes", 0),
            ),
            horizon_days: self.number(read.horizon_days.as_ref(), 1..=HORIZON_DAYS_MAX, ("horizon_days", 60)),
            platform_fee_basis_points: self.number(
                read.platform_fee_basis_points.as_ref(),
                0..=10_000,
                ("platform_fee_basis_points", 0),
            ),
            refund_tiers: self.tiers(&read.refund_tiers),
        };
        Item {
            id: self.id(&read.id),
            name: self.name(&read.name, "a name"),
            description: read.description,
            prices: self.prices(&read.prices),
            refund_days: None,
            offer: Offer::Session(Box::new(offered)),
        }
    }

    fn number(
        &mut self,
        given: Option<&Spanned<i64>>,
        range: RangeInclusive<i64>,
        (what, otherwise): (&str, i64),
    ) -> i64 {
        given.map_or(otherwise, |given| {
            self.within(*given.get_ref(), &given.span(), range, what)
        })
    }

    fn minutes(
        &mut self,
        given: Option<&Spanned<i64>>,
        range: RangeInclusive<i64>,
        (what, otherwise): (&str, i64),
    ) -> i64 {
        let minutes = self.number(given, range, (what, otherwise));
        if let Some(given) = given
            && minutes % GRAIN_MINUTES != 0
        {
            let message = format!("{what} must be a multiple of {GRAIN_MINUTES} minutes, not {minutes}");
            self.mistake(&given.span(), message);
        }
        minutes
    }

    fn builder(&mut self, given: &Spanned<String>) -> UserId {
        UserId::parse(given.get_ref()).unwrap_or_else(|| {
            let message = "builder must be the id of a user of the application".to_owned();
            self.mistake(&given.span(), message);
            UserId::parse("nobody").expect("it is an id")
        })
    }

    /// The tiers, the earliest first.
    fn tiers(&mut self, given: &[TierIn]) -> Vec<RefundTier> {
        let mut tiers: Vec<RefundTier> = Vec::new();
        for one in given {
            let (hours, percent) = (&one.hours_before, &one.percent);
            let hours_before = self.within(*hours.get_ref(), &hours.span(), 0..=TIER_HOURS_MAX, "hours_before");
            let percent = self.within(*percent.get_ref(), &percent.span(), 0..=100, "percent");
            if tiers.len() >= TIERS_MAX || tiers.iter().any(|tier| tier.hours_before == hours_before) {
                let message = format!("refund_tiers has up to {TIERS_MAX} tiers, each with its own hours_before");
                self.mistake(&hours.span(), message);
            }
            tiers.push(RefundTier { hours_before, percent });
        }
        tiers.sort_by_key(|tier| std::cmp::Reverse(tier.hours_before));
        tiers
    }
}
