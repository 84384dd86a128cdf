//! The project's own commands. What runs in CI runs on a desk with the same words; nothing here is part of the product.
//!
//! Every command is one file. A command may build, start and stop things; it never edits a source file but what it generates (`openapi`).
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool talks to a person"
)]

mod browser;
mod conformance;
mod console;
mod courier;
mod debian;
mod dependencies;
mod dev;
mod gate;
mod nightly;
mod node;
mod openapi;
mod postgres;
mod process;
mod spdx;
mod tidy;
mod web;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask <command>

  dev [arguments]               build and run paydesk beside its own sandbox, data in ./data
  test [steps]                  every check, in order; name steps to run only those, --list shows them
  console                       build the console, which the binary takes in when it is compiled
  tidy                          the rules of the tree that no compiler knows
  openapi                       write docs/openapi.json anew from the code, and the client's generated part from it
  nightly [campaigns]           the long campaigns with their real sizes; --list shows them
  with-postgres [--fsync] -- <command>
                                run a command with DATABASE_URL at a throw-away PostgreSQL
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", [].as_slice()),
    };
    let outcome = match command {
        "dev" => dev::run(rest),
        "test" => gate::run(rest),
        "console" => console::run(),
        "tidy" => tidy::run(),
        "openapi" => openapi::run(),
        "nightly" => nightly::run(rest),
        "with-postgres" => postgres::run(rest),
        "help" | "-h" | "--help" => {
            print!("{USAGE}");
            Ok(())
        }
        unknown => {
            eprint!("there is no command `{unknown}`\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask {command}: {error:#}");
            ExitCode::FAILURE
        }
    }
}
