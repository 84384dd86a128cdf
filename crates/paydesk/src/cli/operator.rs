//! `paydesk operator`: who works at the console.

use std::fmt::Write;
use std::net::SocketAddr;

use anyhow::anyhow;
use clap::{Args, Subcommand};
use secrecy::ExposeSecret;

use super::{Failure, existing, note, print};
use crate::clock::{Clock, MINUTE_US, Moment};
use crate::config::Database;
use crate::ids::Ids;
use crate::sign_in::{self, Role};

/// The longest name, in characters.
const NAME_CHARACTERS_MAX: usize = 100;

/// The arguments of `paydesk operator`.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand, Debug)]
enum Action {
    /// Print a link that signs somebody in to the console, once and within 15 minutes.
    ///
    /// The link is used up by the first sign-in; for another one, or after 15 minutes, run this again. Who signs in for the first
    /// time is made known by it; who was shut out may come back by it. It is made in the server's database, so name that with
    /// `--database` or `DATABASE_URL`, and lead it to the server with `--public-url` or `PAYDESK_PUBLIC_URL`.
    Invite {
        /// Who it is for: their name, or their address of e-mail. What they do is recorded under it.
        #[arg(value_parser = name)]
        name: String,
        /// What they may do. Without it they keep the role they have; who is new becomes a viewer.
        #[arg(long, value_name = "ROLE", long_help = roles_help())]
        role: Option<Role>,
        /// The address under which the server is reached, as it was given to the server. Without it the listen address is used.
        #[arg(long, env = "PAYDESK_PUBLIC_URL", value_name = "URL")]
        public_url: Option<String>,
        /// The address that the server listens on, where it has no public URL.
        #[arg(
            long,
            env = "PAYDESK_LISTEN",
            value_name = "ADDRESS",
            default_value = "127.0.0.1:9002"
        )]
        listen: SocketAddr,
        #[command(flatten)]
        database: Database,
    },
    /// List everybody who was invited, with their roles.
    List {
        #[command(flatten)]
        database: Database,
    },
    /// End somebody's links and sessions, at once, until they are invited again.
    ShutOut {
        /// Their name, as `list` shows it.
        name: String,
        #[command(flatten)]
        database: Database,
    },
}

pub(super) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let clock = Clock::system();
    match arguments.action {
        Action::Invite {
            name,
            role,
            public_url,
            listen,
            database,
        } => {
            let store = existing::open(&database).await?;
            let ids = Ids::random(clock.clone());
            let invited = sign_in::invite(&store, &clock, &ids, &name, role).await?;
            note(&format!(
                "signs {name} in as {}, once and within {} minutes",
                invited.operator.role,
                sign_in::LINK_US / MINUTE_US
            ));
            let base = public_url.unwrap_or_else(|| {
                note(&format!(
                    "leads to http://{listen}; where the server is reached at another address, give --public-url"
                ));
                format!("http://{listen}")
            });
            print(&link(&base, invited.secret.expose_secret()));
        }
        Action::List { database } => {
            for operator in sign_in::operators(&existing::open(&database).await?).await? {
                let state = operator.shut_out_at_us.map_or_else(
                    || format!("since {}", Moment(operator.created_at_us)),
                    |at| format!("shut out {}", Moment(at)),
                );
                print(&format!(
                    "{}  {:<8}  {state}  {}",
                    operator.operator_id, operator.role, operator.name
                ));
            }
        }
        Action::ShutOut { name, database } => {
            let store = existing::open(&database).await?;
            if !sign_in::shut_out(&store, &clock, &name).await? {
                return Err(anyhow!("nobody is called {name}; `paydesk operator list` shows who was invited").into());
            }
            print(&format!("{name} is shut out"));
        }
    }
    Ok(())
}

/// The link to the console that signs in. The secret stands behind the `#`, which no browser sends and no log sees.
pub(super) fn link(public_url: &str, secret: &str) -> String {
    let public_url = public_url.trim_end_matches('/');
    format!("{public_url}/console#sign-in={secret}")
}

fn name(text: &str) -> Result<String, String> {
    let allowed = (1..=NAME_CHARACTERS_MAX).contains(&text.chars().count())
        && text.trim() == text
        && !text.chars().any(char::is_control);
    if allowed {
        Ok(text.to_owned())
    } else {
        Err("a name has 1 to 100 characters, none of them control characters, and no spaces at the ends".to_owned())
    }
}

fn roles_help() -> String {
    let mut text =
        String::from("What they may do. Without it they keep the role they have; who is new becomes a viewer.\n");
    for role in Role::ALL {
        let _infallible = writeln!(text, "  {:<10}{}", role.as_str(), role.purpose());
    }
    text
}
