//! `cargo xtask dev`: paydesk beside its own sandbox, in the profile that is soonest ready.

use anyhow::Result;

use crate::process;

/// Builds without optimisation, which halves a newcomer's wait, and runs in the foreground until interrupted.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    process::run(process::cargo(&["run", "--package", "paydesk", "--bin", "paydesk", "--", "dev"]).args(arguments))
}
