//! The command line: one file per command.
//!
//! What a command is asked for goes to the standard output, so that it can be piped; everything else (log lines,
//! progress, errors) goes to the standard error stream. Exit codes are in [`Failure`] and in the help text.

mod bench;
mod catalog;
mod credits;
mod dev;
mod edge;
mod events;
mod existing;
mod keys;
mod ledger;
mod operator;
mod sandbox;
mod serve;
mod token;

use std::fmt;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use clap::builder::Resettable;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::config::{self, ConfigError};
use crate::http::openapi;

const EXIT_CODES: &str = "\
Exit codes:
  0   done
  1   a check failed, or the command could not do its work
  2   the command line or the configuration is wrong
  70  the store failed; nothing acknowledged is lost, start the process again";

/// Self-hosted payments back end between an application and Stripe.
#[derive(Parser, Debug)]
#[command(name = "paydesk", version, arg_required_else_help = true, after_help = EXIT_CODES)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Serve the API and handle events.
    Serve(Box<serve::Arguments>),
    /// Verify events in front of a server, and forward them to it: the outer one of two tiers.
    Edge(Box<edge::Arguments>),
    /// Try paydesk on this machine: a server beside its own sandbox Stripe, with no account and no network.
    Dev(Box<dev::Arguments>),
    /// Run only the sandbox Stripe.
    Sandbox(sandbox::Arguments),
    /// Check the catalogue file, and bring it to Stripe.
    Catalog(catalog::Arguments),
    /// Write the history of a wallet to a file.
    Credits(credits::Arguments),
    /// List events, show one, and put them back to be handled.
    Events(events::Arguments),
    /// List and revoke the API keys of a user.
    Keys(keys::Arguments),
    /// Hold the books against themselves.
    Ledger(ledger::Arguments),
    /// Invite somebody to the console, list who was invited, and shut them out.
    Operator(operator::Arguments),
    /// Make, list and revoke the tokens of your back ends.
    Token(token::Arguments),
    /// Measure a server under load.
    Bench(bench::Arguments),
    /// Print the OpenAPI document.
    Openapi,
}

impl Command {
    async fn run(self) -> Result<(), Failure> {
        match self {
            Self::Serve(arguments) => serve::run(*arguments).await,
            Self::Edge(arguments) => edge::run(*arguments).await,
            Self::Dev(arguments) => dev::run(*arguments).await,
            Self::Sandbox(arguments) => sandbox::run(arguments).await,
            Self::Catalog(arguments) => catalog::run(arguments).await,
            Self::Credits(arguments) => credits::run(arguments).await,
            Self::Events(arguments) => events::run(arguments).await,
            Self::Keys(arguments) => keys::run(arguments).await,
            Self::Ledger(arguments) => ledger::run(arguments).await,
            Self::Operator(arguments) => operator::run(arguments).await,
            Self::Token(arguments) => token::run(arguments).await,
            Self::Bench(arguments) => Ok(bench::run(arguments).await?),
            Self::Openapi => {
                print(openapi::text().trim_end());
                Ok(())
            }
        }
    }
}

/// Why a command ends with another code than zero.
#[derive(Debug)]
pub enum Failure {
    /// Code 1: a check failed, or the command could not do its work.
    Failed(anyhow::Error),
    /// Code 2: the command line or the configuration is wrong.
    Usage(String),
    /// Code 70: the store has stopped for good. Start again, and it recovers.
    StoreFailed(String),
}

impl Failure {
    fn code(&self) -> u8 {
        match self {
            Self::Failed(_) => 1,
            Self::Usage(_) => 2,
            Self::StoreFailed(_) => 70,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(error) => write!(f, "{error:#}"),
            Self::Usage(message) => f.write_str(message),
            Self::StoreFailed(reason) => write!(f, "the store failed: {reason}"),
        }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Failed(error)
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Usage(error.0)
    }
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Stopped(reason) => Self::StoreFailed(reason),
            other => Self::Failed(other.into()),
        }
    }
}

/// The whole program: reads the command line, runs the command, gives its exit code.
pub fn main() -> ExitCode {
    let matches = command().get_matches();
    let line = match CommandLine::from_arg_matches(&matches) {
        Ok(line) => line,
        Err(error) => error.exit(),
    };
    // Four threads carry the network side of any machine this runs on; the store has its own.
    let threads = std::thread::available_parallelism().map_or(2, |count| count.get().clamp(1, 4));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .enable_all()
        .build();
    let outcome = match runtime {
        Ok(runtime) => {
            let outcome = runtime.block_on(line.command.run());
            // Whatever still runs in the background has had its time to stop.
            runtime.shutdown_background();
            outcome
        }
        Err(error) => Err(Failure::Failed(error.into())),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            complain(&failure);
            ExitCode::from(failure.code())
        }
    }
}

/// The command line as it is read: the derived one, and what differs from command to command.
fn command() -> clap::Command {
    CommandLine::command()
        .mut_subcommand("serve", |serve| serve.after_help(help(&config::secrets::help())))
        .mut_subcommand("edge", |edge| {
            // What no edge has: bodies of the API, callers, calls to Stripe.
            [
                "body_bytes_max",
                "user_per_minute",
                "service_per_minute",
                "stripe_debug",
            ]
            .into_iter()
            .fold(edge, |edge, name| edge.mut_arg(name, |argument| argument.hide(true)))
            .after_help(help(&config::secrets::edge_help()))
        })
        .mut_subcommand("dev", |dev| {
            // An empty address stands for the data folder's own; the environment's is for servers.
            dev.mut_arg("database", |database| {
                database
                    .env(Resettable::Reset)
                    .default_value("")
                    .hide_default_value(true)
                    .help("Where the data is kept, in place of paydesk.db in the data folder. DATABASE_URL is ignored")
            })
            .mut_arg("log", |log| log.default_value("warn"))
        })
}

fn help(secrets: &str) -> String {
    format!("{secrets}\n{EXIT_CODES}")
}

/// Writes a line of what the command was asked for. A reader that has gone away is no failure of ours.
pub fn print(line: &str) {
    let mut output = std::io::stdout().lock();
    drop(writeln!(output, "{line}").and_then(|()| output.flush()));
}

/// Writes a line beside what the command was asked for, which stays clean for a pipe.
pub fn note(line: &str) {
    drop(writeln!(std::io::stderr().lock(), "paydesk: {line}"));
}

fn complain(failure: &Failure) {
    let mut output = std::io::stderr().lock();
    let (on, off) = if output.is_terminal() {
        ("\u{1b}[31m", "\u{1b}[0m")
    } else {
        ("", "")
    };
    drop(writeln!(output, "{on}paydesk:{off} {failure}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        command().debug_assert();
    }

    #[test]
    fn every_option_is_explained_and_no_secret_is_a_flag() {
        for command in command().get_subcommands() {
            assert!(command.get_about().is_some(), "{}", command.get_name());
            for argument in command.get_arguments() {
                let name = argument.get_id().as_str();
                assert!(argument.get_help().is_some(), "{name}");
                assert!(
                    !name.contains("secret") && !name.contains("password"),
                    "{name} shows in the process list"
                );
            }
        }
    }

    #[test]
    fn the_help_of_serve_lists_the_secrets() {
        for (name, _) in config::secrets::NAMES {
            assert!(config::secrets::help().contains(name));
        }
    }
}
