//! `paydesk token`: the tokens with which your back ends call paydesk.

use std::fmt::Write;

use anyhow::anyhow;
use clap::{Args, Subcommand};
use secrecy::ExposeSecret;

use super::{Failure, existing, note, print};
use crate::clock::{Clock, Moment};
use crate::config::Database;
use crate::ids::Ids;
use crate::tokens::{self, Scope, Scopes};

/// The arguments of `paydesk token`.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand, Debug)]
enum Action {
    /// Make a token, and print it this one time.
    Create {
        /// Whose token it is, for people.
        name: String,
        /// What it may do; give it several times, or several separated by commas.
        #[arg(long = "scope", value_name = "SCOPE", required = true, value_delimiter = ',', long_help = scopes_help())]
        scopes: Vec<Scope>,
        #[command(flatten)]
        database: Database,
    },
    /// List all tokens, without their secrets.
    List {
        #[command(flatten)]
        database: Database,
    },
    /// Revoke a token for good. It stops working within a second.
    ///
    /// Idempotency keys count per token: what was sent with this one and lost its answer would be a new action under
    /// another. Let what is under way end first.
    Revoke {
        /// The token's id, `tok_…`, as `list` shows it.
        token_id: String,
        #[command(flatten)]
        database: Database,
    },
}

pub(super) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let clock = Clock::system();
    match arguments.action {
        Action::Create { name, scopes, database } => {
            let store = existing::open(&database).await?;
            let ids = Ids::random(clock.clone());
            let scopes: Scopes = scopes.into_iter().collect();
            let created = tokens::create(&store, &clock, &ids, &name, scopes).await?;
            note(&format!(
                "a token for the server of {}; it is shown this once",
                database.name()
            ));
            print(created.secret.expose_secret());
        }
        Action::List { database } => {
            for token in tokens::list(&existing::open(&database).await?).await? {
                let state = match (token.revoked_at_us, token.last_used_at_us) {
                    (Some(at), _) => format!("revoked {}", Moment(at)),
                    (None, Some(at)) => format!("used {}", Moment(at)),
                    (None, None) => "never used".to_owned(),
                };
                let created = Moment(token.created_at_us);
                print(&format!(
                    "{}  {}…  made {created}  {state}  {}  [{}]",
                    token.token_id, token.prefix, token.name, token.scopes
                ));
            }
        }
        Action::Revoke { token_id, database } => {
            let store = existing::open(&database).await?;
            if !tokens::revoke(&store, &clock, &token_id).await? {
                return Err(anyhow!("there is no token {token_id}; `paydesk token list` shows them").into());
            }
            print(&format!("{token_id} is revoked"));
        }
    }
    Ok(())
}

fn scopes_help() -> String {
    let mut text = String::from("What it may do; give it several times, or several separated by commas:\n");
    for scope in Scope::ALL {
        let _infallible = writeln!(text, "  {:<20} {}", scope.as_str(), scope.purpose());
    }
    text
}
