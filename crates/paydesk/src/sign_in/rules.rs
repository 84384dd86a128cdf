//! What a role may do.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use crate::tokens::Scope;

/// What an operator may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sees everything and changes nothing.
    Viewer,
    /// Does what is done for buyers: refunds, credits, orders, replays.
    Operator,
    /// Also changes where messages go and with which secret they are signed.
    Admin,
}

impl Role {
    /// Every role, from the one that may least.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Operator, Self::Admin];

    /// The role as commands and records write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }

    /// What it allows, in one sentence.
    pub fn purpose(self) -> &'static str {
        match self {
            Self::Viewer => "Sees everything and changes nothing.",
            Self::Operator => "Does what is done for buyers: refunds, credits, orders, replays.",
            Self::Admin => "Also changes where messages go and with which secret they are signed.",
        }
    }

    /// Whether it may do what needs this scope.
    pub fn may(self, scope: Scope) -> bool {
        match self {
            Self::Viewer => scope.is_about_reading(),
            Self::Operator => !scope.is_about_the_server(),
            Self::Admin => true,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| format!("there is no role `{text}`; choose from viewer, operator, admin"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_greater_role_may_all_that_a_lesser_may() {
        for scope in Scope::ALL {
            let may = Role::ALL.map(|role| role.may(*scope));
            assert!(may.is_sorted(), "{scope}");
            assert!(may[2], "{scope}");
        }
    }
}
