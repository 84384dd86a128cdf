//! `cargo xtask dev`: paydesk beside its own sandbox, in the profile that is soonest ready.

use anyhow::Result;

use crate::{console, process};

/// Builds without optimisation, which halves a newcomer's wait, and runs in the foreground until interrupted.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    // Who is used to cargo puts `--` before what is not cargo's.
    let arguments = arguments.strip_prefix(&["--".to_owned()]).unwrap_or(arguments);
    if let Err(error) = console::freshen() {
        // Everything else works without it, and the page itself says how to build it.
        eprintln!("the console is not built anew: {error:#}");
    }
    process::run(process::cargo(&["run", "--package", "paydesk", "--bin", "paydesk", "--", "dev"]).args(arguments))
}
