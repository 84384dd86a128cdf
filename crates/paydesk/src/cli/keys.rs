//! `paydesk keys`: the API keys of the application's users, for its operator.

use anyhow::anyhow;
use clap::{Args, Subcommand};

use super::{Failure, existing, note, print};
use crate::clock::{Clock, Moment};
use crate::config::Database;
use crate::http::paging::AFTER_ALL;
use crate::ids::UserId;
use crate::keys::{self, Key};

/// Keys read in one transaction.
const PAGE: i64 = 500;

/// The arguments of `paydesk keys`.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand, Debug)]
enum Action {
    /// List the keys of a user, newest first, without their secrets.
    List {
        /// Whose keys.
        #[arg(long, value_name = "USER", value_parser = user)]
        user: UserId,
        #[command(flatten)]
        database: Database,
    },
    /// Revoke a key for good. It stops working at once.
    Revoke {
        /// The key's id, `key_…`, as `list` shows it.
        key_id: String,
        #[command(flatten)]
        database: Database,
    },
}

fn user(text: &str) -> Result<UserId, String> {
    UserId::parse(text).ok_or_else(|| "a user has 1 to 255 bytes and no control characters".to_owned())
}

pub(super) async fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.action {
        Action::List { user, database } => {
            let store = existing::open(&database).await?;
            let mut before = AFTER_ALL.to_owned();
            let mut listed = 0;
            loop {
                let (user_id, from) = (user.clone(), before.clone());
                let page = store.read(move |tx| keys::keys_of(tx, &user_id, &from, PAGE)).await?;
                let Some(last) = page.last() else { break };
                last.key_id.as_str().clone_into(&mut before);
                listed += page.len();
                for key in &page {
                    print(&line(key));
                }
            }
            if listed == 0 {
                note("this user has no keys");
            }
        }
        Action::Revoke { key_id, database } => {
            let store = existing::open(&database).await?;
            if !keys::revoke_any(&store, &Clock::system(), &key_id).await? {
                return Err(anyhow!("there is no key {key_id}; `paydesk keys list` shows them").into());
            }
            print(&format!("{key_id} is revoked"));
        }
    }
    Ok(())
}

fn line(key: &Key) -> String {
    let made = Moment(key.created_at_us);
    let origin = key.subscription_id.as_deref().unwrap_or("made by its owner");
    format!(
        "{}  made {made}  {}  {}  [{origin}]",
        key.key_id,
        key.status.word(),
        key.name
    )
}
