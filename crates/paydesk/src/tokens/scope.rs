//! What a service token may do: a closed list, each scope with a type of its own for the extractors.

use std::fmt;
use std::str::FromStr;

/// A type that stands for one scope, as in `Scoped<CreditsSpend>`.
pub trait Required: Send + Sync + 'static {
    /// The scope that is required.
    const SCOPE: Scope;
}

macro_rules! scopes {
    ($($name:ident = $bit:literal $text:literal, $purpose:literal;)+) => {
        /// One thing that a service token may be allowed to do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Scope {
            $(#[doc = $purpose] $name,)+
        }

        impl Scope {
            /// Every scope, in the order in which they are listed.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The scope as tokens and documents write it.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }

            /// What the scope allows, in one sentence.
            pub fn purpose(self) -> &'static str {
                match self { $(Self::$name => $purpose),+ }
            }

            fn bit(self) -> u32 {
                match self { $(Self::$name => 1 << $bit),+ }
            }
        }

        $(#[doc = $purpose]
        #[derive(Debug)]
        pub struct $name;

        impl Required for $name {
            const SCOPE: Scope = Scope::$name;
        })+
    };
}

scopes! {
    CreditsRead = 0 "credits:read", "Read any user's credits and their history.";
    CreditsSpend = 1 "credits:spend", "Spend any user's credits.";
    CreditsGrant = 2 "credits:grant", "Add and remove any user's credits.";
    PurchasesRead = 3 "purchases:read", "Read any user's purchases and payments.";
    PurchasesWrite = 4 "purchases:write", "Begin a purchase for any user.";
    OrdersRead = 5 "orders:read", "Read any user's orders.";
    OrdersWrite = 6 "orders:write", "Create, change and advance any user's orders.";
    EventsRead = 7 "events:read", "Read the events received from Stripe.";
    EventsReplay = 8 "events:replay", "Replay events received from Stripe.";
    SubscriptionsRead = 26 "subscriptions:read", "Read any user's subscriptions and invoices.";
    SubscriptionsWrite = 27 "subscriptions:write", "Begin, change and end any user's subscriptions.";
    RefundsWrite = 10 "refunds:write", "Give money back, and ask for refunds of any user.";
    RefundsApprove = 11 "refunds:approve", "Approve and decline refunds that are asked for.";
    WebhooksWrite = 16 "webhooks:write", "Register endpoints for outgoing webhooks, and change them.";
    DeliveriesWrite = 18 "deliveries:write", "Send outgoing webhooks again.";
    WebhooksRead = 19 "webhooks:read", "Read the endpoints for outgoing webhooks and what was sent to them.";
    ContactsRead = 13 "contacts:read", "Read where any user is reached by e-mail.";
    ContactsWrite = 17 "contacts:write", "Say where any user is reached by e-mail.";
    KeysRead = 20 "keys:read", "Read any user's API keys, without their secrets.";
    KeysWrite = 21 "keys:write", "Make, reveal, replace and revoke any user's API keys.";
    KeysVerify = 22 "keys:verify", "Verify API keys.";
    EntitlementsRead = 23 "entitlements:read", "Read what any user is entitled to.";
    DataRead = 24 "data:read", "Read any user's seeded data.";
    DataWrite = 25 "data:write", "Change any user's seeded data.";
    ReportsRead = 12 "reports:read", "Read figures, the ledger, and what happened to any user.";
    PayoutsRead = 28 "payouts:read", "Read any user's connected account and earnings.";
    PayoutsWrite = 29 "payouts:write", "Begin the onboarding of any user's connected account.";
    BookingsRead = 14 "bookings:read", "Read any user's bookings and any builder's availability.";
    BookingsWrite = 15 "bookings:write", "Change any user's bookings and any builder's availability.";
    MetricsRead = 9 "metrics:read", "Read the server's metrics.";
}

impl Scope {
    /// Whether it only lets one see.
    pub fn is_about_reading(self) -> bool {
        self.as_str().ends_with(":read")
    }

    /// Whether it is about the server itself, and not about what is done for buyers.
    pub fn is_about_the_server(self) -> bool {
        matches!(self, Self::WebhooksWrite)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Scope {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .iter()
            .copied()
            .find(|scope| scope.as_str() == text)
            .ok_or_else(|| {
                let known: Vec<_> = Self::ALL.iter().map(|scope| scope.as_str()).collect();
                format!("there is no scope `{text}`; choose from {}", known.join(", "))
            })
    }
}

/// A set of scopes.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Scopes(u32);

impl Scopes {
    /// Whether the set has this scope.
    pub fn contains(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }

    /// Reads what [`fmt::Display`] writes. A scope this release does not know allows nothing.
    pub fn parse(text: &str) -> Self {
        text.split(' ').filter_map(|part| part.parse().ok()).collect()
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |bits, scope| bits | scope.bit()))
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = Scope::ALL
            .iter()
            .filter(|scope| self.contains(**scope))
            .map(|scope| scope.as_str())
            .collect();
        f.write_str(&names.join(" "))
    }
}

impl fmt::Debug for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scopes({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_written_and_read_back() {
        for scope in Scope::ALL {
            let set: Scopes = [*scope].into_iter().collect();
            assert!(set.contains(*scope));
            assert_eq!(Scopes::parse(&set.to_string()), set);
            assert_eq!(Scope::ALL.iter().filter(|other| set.contains(**other)).count(), 1);
        }
        assert_eq!(
            Scopes::parse("credits:read credits:conjure"),
            [Scope::CreditsRead].into_iter().collect()
        );
        assert!(
            "credits:conjure"
                .parse::<Scope>()
                .unwrap_err()
                .contains("credits:spend")
        );
    }
}
