//! Reading the catalogue: from the file's text to a checked `Catalogue`, or to its mistakes, each with its line. A file
//! that cannot be read as one has one mistake, the first; what it says is then checked as a whole.

mod plans;
mod refunds;
mod sessions;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use ledger::Currency;
use serde::de::Visitor;
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use plans::{FreeIn, PlanIn};
use refunds::RefundsIn;
use sessions::SessionTypeIn;

use super::{Catalogue, Field, FieldKind, Item, Offer, PackTerms};
use crate::credits::PRIORITY_MAX;

/// The most packs in one purchase, where the file does not say.
const MAX_QUANTITY: i64 = 100;
/// The largest amount Stripe takes in one payment, in minor units.
const AMOUNT_MINOR_MAX: i64 = 99_999_999;
/// The longest time after which credits end.
pub const EXPIRES_AFTER_DAYS_MAX: i64 = 36_500;
/// The longest time in which a buyer may ask for the money back.
pub const REFUND_DAYS_MAX: i64 = 3_650;
/// The longest name or label.
const NAME_CHARACTERS_MAX: usize = 100;

/// Why a catalogue cannot be used: every mistake, each with the place it stands at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueError {
    file: String,
    mistakes: Vec<Mistake>,
}

/// One mistake in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The line it stands at, counted from 1; 0 where it concerns the file as a whole.
    pub line: usize,
    /// What is wrong and how to mend it.
    pub message: String,
}

impl CatalogueError {
    /// The file could not be read at all.
    pub(super) fn unreadable(path: &std::path::Path, error: &std::io::Error) -> Self {
        let message = format!("cannot be read ({error}); give its path with --catalogue");
        Self {
            file: path.display().to_string(),
            mistakes: vec![Mistake { line: 0, message }],
        }
    }

    /// The mistakes, in the order of the file.
    pub fn mistakes(&self) -> &[Mistake] {
        &self.mistakes
    }
}

impl fmt::Display for CatalogueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, mistake) in self.mistakes.iter().enumerate() {
            if at > 0 {
                writeln!(f)?;
            }
            match mistake.line {
                0 => write!(f, "{}: {}", self.file, mistake.message)?,
                line => write!(f, "{}:{line}: {}", self.file, mistake.message)?,
            }
        }
        Ok(())
    }
}

impl std::error::Error for CatalogueError {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileIn {
    shop: ShopIn,
    #[serde(default)]
    credit_pack: Vec<CreditPackIn>,
    #[serde(default)]
    order_package: Vec<OrderPackageIn>,
    #[serde(default)]
    session_type: Vec<SessionTypeIn>,
    #[serde(default)]
    plan: Vec<PlanIn>,
    free: Option<FreeIn>,
    refunds: Option<RefundsIn>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ShopIn {
    name: Spanned<String>,
    currency: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CreditPackIn {
    id: Spanned<String>,
    name: Spanned<String>,
    #[serde(default)]
    description: String,
    credits: Spanned<i64>,
    max_quantity: Option<Spanned<i64>>,
    expires_after_days: Option<Spanned<i64>>,
    priority: Option<Spanned<i64>>,
    refund_days: Option<Spanned<i64>>,
    prices: Spanned<BTreeMap<String, Spanned<Minor>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OrderPackageIn {
    id: Spanned<String>,
    name: Spanned<String>,
    #[serde(default)]
    description: String,
    refund_days: Option<Spanned<i64>>,
    reviewer_share_percent: Option<Spanned<i64>>,
    prices: Spanned<BTreeMap<String, Spanned<Minor>>>,
    #[serde(default)]
    fields: Vec<FieldIn>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldIn {
    name: Spanned<String>,
    label: Spanned<String>,
    kind: FieldKind,
    #[serde(default)]
    required: bool,
}

/// An amount, so that a fraction is answered with how amounts are written.
struct Minor(i64);

impl<'de> Deserialize<'de> for Minor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Amount;

        impl Visitor<'_> for Amount {
            type Value = Minor;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number of minor units, for example 9900")
            }

            fn visit_i64<E>(self, minor: i64) -> Result<Minor, E> {
                Ok(Minor(minor))
            }
        }

        deserializer.deserialize_i64(Amount)
    }
}

/// Reads the text of a catalogue. `file` is only named in messages.
pub fn parse(text: &str, file: &str) -> Result<Catalogue, CatalogueError> {
    let mut check = Check {
        text,
        mistakes: Vec::new(),
    };
    let catalogue = match toml::from_str::<FileIn>(text) {
        Ok(read) => check.catalogue(read),
        Err(error) => {
            check.mistake(
                &error.span().unwrap_or_default(),
                error.message().replace("expected i64", "expected a whole number"),
            );
            None
        }
    };
    match catalogue {
        Some(catalogue) if check.mistakes.is_empty() => Ok(catalogue),
        _ => {
            check.mistakes.sort_by_key(|mistake| mistake.line);
            Err(CatalogueError {
                file: file.to_owned(),
                mistakes: check.mistakes,
            })
        }
    }
}

/// Collects mistakes, so that one run names them all.
struct Check<'a> {
    text: &'a str,
    mistakes: Vec<Mistake>,
}

impl Check<'_> {
    fn mistake(&mut self, span: &Range<usize>, message: String) {
        let before = self.text.as_bytes().get(..span.start).unwrap_or_default();
        let line = 1 + before.split(|&byte| byte == b'\n').count() - 1;
        self.mistakes.push(Mistake { line, message });
    }

    fn catalogue(&mut self, read: FileIn) -> Option<Catalogue> {
        let default_currency = self.currency(read.shop.currency.get_ref(), &read.shop.currency.span());
        let shop_name = self.name(&read.shop.name, "the shop's name");
        let mut items = BTreeMap::new();
        for pack in read.credit_pack {
            let id = pack.id.clone();
            let item = self.credit_pack(pack);
            self.add(&mut items, &id, item, default_currency);
        }
        for package in read.order_package {
            let id = package.id.clone();
            let item = self.order_package(package);
            self.add(&mut items, &id, item, default_currency);
        }
        for session_type in read.session_type {
            let id = session_type.id.clone();
            let item = self.session_type(session_type);
            self.add(&mut items, &id, item, default_currency);
        }
        for plan in read.plan {
            let id = plan.id.clone();
            let item = self.plan(plan);
            self.add(&mut items, &id, item, default_currency);
        }
        let free = self.free(read.free);
        let refunds = self.refunds(read.refunds.unwrap_or_default());
        if items.is_empty() && self.mistakes.is_empty() {
            self.mistake(
                &(0..0),
                "nothing is on sale; add a [[credit_pack]], an [[order_package]], a [[session_type]] or a [[plan]]"
                    .into(),
            );
        }
        Some(Catalogue {
            shop_name,
            default_currency: default_currency?,
            items,
            free,
            refunds,
        })
    }

    fn add(&mut self, items: &mut BTreeMap<String, Item>, id: &Spanned<String>, item: Item, default: Option<Currency>) {
        if let Some(currency) = default
            && !item.prices.contains_key(&currency)
        {
            self.mistake(
                &id.span(),
                format!(
                    "{:?} has no price in the shop's currency {currency}; add prices.{currency}",
                    item.id
                ),
            );
        }
        if items.insert(item.id.clone(), item).is_some() {
            self.mistake(
                &id.span(),
                format!("the id {:?} is used twice; ids are unique over all kinds", id.get_ref()),
            );
        }
    }

    fn credit_pack(&mut self, pack: CreditPackIn) -> Item {
        let credits = self.within(
            *pack.credits.get_ref(),
            &pack.credits.span(),
            1..=1_000_000_000,
            "credits",
        );
        let max_quantity = pack.max_quantity.map_or(MAX_QUANTITY, |quantity| {
            self.within(*quantity.get_ref(), &quantity.span(), 1..=10_000, "max_quantity")
        });
        let terms = self.terms(pack.expires_after_days.as_ref(), pack.priority.as_ref());
        Item {
            id: self.id(&pack.id),
            name: self.name(&pack.name, "a name"),
            description: pack.description,
            prices: self.prices(&pack.prices),
            refund_days: self.refund_days(pack.refund_days.as_ref()),
            offer: Offer::CreditPack {
                credits,
                max_quantity,
                terms,
            },
        }
    }

    fn terms(&mut self, expires_after_days: Option<&Spanned<i64>>, priority: Option<&Spanned<i64>>) -> PackTerms {
        let mut checked =
            |given: &Spanned<i64>, range, what: &str| self.within(*given.get_ref(), &given.span(), range, what);
        PackTerms {
            expires_after_days: expires_after_days
                .map(|days| checked(days, 1..=EXPIRES_AFTER_DAYS_MAX, "expires_after_days")),
            priority: priority.map_or(0, |given| checked(given, -PRIORITY_MAX..=PRIORITY_MAX, "priority")),
        }
    }

    fn order_package(&mut self, package: OrderPackageIn) -> Item {
        let mut fields: Vec<Field> = Vec::new();
        for read in package.fields {
            if fields.iter().any(|field| field.name == *read.name.get_ref()) {
                self.mistake(
                    &read.name.span(),
                    format!("the field {:?} is named twice", read.name.get_ref()),
                );
            }
            let name = self.field_name(&read.name);
            let label = self.name(&read.label, "a label");
            fields.push(Field {
                name,
                label,
                kind: read.kind,
                required: read.required,
            });
        }
        let share = package.reviewer_share_percent;
        Item {
            id: self.id(&package.id),
            name: self.name(&package.name, "a name"),
            description: package.description,
            prices: self.prices(&package.prices),
            refund_days: self.refund_days(package.refund_days.as_ref()),
            offer: Offer::OrderPackage {
                fields,
                reviewer_share_percent: share.map_or(0, |share| {
                    self.within(*share.get_ref(), &share.span(), 0..=100, "reviewer_share_percent")
                }),
            },
        }
    }

    fn prices(&mut self, prices: &Spanned<BTreeMap<String, Spanned<Minor>>>) -> BTreeMap<Currency, i64> {
        if prices.get_ref().is_empty() {
            self.mistake(
                &prices.span(),
                "no price is given; write prices = { usd = 1000 } in minor units".into(),
            );
        }
        let mut checked = BTreeMap::new();
        for (code, minor) in prices.get_ref() {
            let amount = self.within(
                minor.get_ref().0,
                &minor.span(),
                1..=AMOUNT_MINOR_MAX,
                "a price in minor units",
            );
            if let Some(currency) = self.currency(code, &minor.span()) {
                let step = currency.step_minor();
                if amount % step != 0 {
                    let message = format!("Stripe takes {currency} in multiples of {step} minor units, not {amount}");
                    self.mistake(&minor.span(), message);
                }
                checked.insert(currency, amount);
            }
        }
        checked
    }

    fn currency(&mut self, code: &str, span: &Range<usize>) -> Option<Currency> {
        match code.parse::<Currency>() {
            Ok(currency) if currency.code() == code => Some(currency),
            Ok(currency) => {
                self.mistake(span, format!("write the currency {code:?} in lower case: {currency}"));
                None
            }
            Err(error) => {
                self.mistake(span, error.to_string());
                None
            }
        }
    }

    fn within(&mut self, value: i64, span: &Range<usize>, range: std::ops::RangeInclusive<i64>, what: &str) -> i64 {
        if !range.contains(&value) {
            let message = format!(
                "{what} must be from {} to {}, not {}",
                range.start(),
                range.end(),
                value
            );
            self.mistake(span, message);
        }
        value
    }

    fn id(&mut self, id: &Spanned<String>) -> String {
        let text = id.get_ref();
        let fits = (1..=40).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if !fits {
            let message = format!("the id {text:?} must be 1 to 40 lower-case letters, digits and dashes");
            self.mistake(&id.span(), message);
        }
        text.clone()
    }

    fn field_name(&mut self, name: &Spanned<String>) -> String {
        let text = name.get_ref();
        let fits = (1..=40).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        if !fits {
            let message = format!("the field name {text:?} must be 1 to 40 lower-case letters, digits and underscores");
            self.mistake(&name.span(), message);
        }
        text.clone()
    }

    fn name(&mut self, name: &Spanned<String>, what: &str) -> String {
        let text = name.get_ref().trim();
        if text.is_empty() || text.chars().count() > NAME_CHARACTERS_MAX {
            self.mistake(
                &name.span(),
                format!("{what} must have 1 to {NAME_CHARACTERS_MAX} characters"),
            );
        }
        text.to_owned()
    }
}

#[cfg(test)]
mod tests;
