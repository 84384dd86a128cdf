//! Node and its packages, for the suites that drive paydesk from outside.

use std::{path::Path, process::Command};

use anyhow::{Context as _, Result};

use crate::process;

/// `node`, or a sentence that says which one to install.
pub(crate) fn node() -> Result<Command> {
    let found = process::find("node").context("Node 20 or newer is missing: install it and run this again")?;
    Ok(Command::new(found))
}

/// Installs exactly what the lock file of a suite says, running no script of any package.
pub(crate) fn install(suite: &Path) -> Result<()> {
    let npm = process::find("npm").context("npm is missing: it comes with Node 20 or newer")?;
    process::run(
        Command::new(npm)
            .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"])
            .current_dir(suite),
    )
}
