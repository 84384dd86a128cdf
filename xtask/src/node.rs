//! Node and its packages, for the suites that drive paydesk from outside.

use std::{path::Path, process::Command};

use anyhow::{Context as _, Result};

use crate::process;

/// `node`, or a sentence that says which one to install.
pub(crate) fn node() -> Result<Command> {
    let found = process::find("node").context("Node 20 or newer is missing: install it and run this again")?;
    Ok(Command::new(found))
}

/// A script of a package, by its name.
pub(crate) fn script(package: &Path, name: &str) -> Result<Command> {
    let mut command = npm()?;
    command.args(["run", "--silent", name]).current_dir(package);
    Ok(command)
}

fn npm() -> Result<Command> {
    let found = process::find("npm").context("npm is missing: it comes with Node 20 or newer")?;
    Ok(Command::new(found))
}

/// Installs exactly what the lock file of a suite says, running no script of any package.
pub(crate) fn install(suite: &Path) -> Result<()> {
    process::run(
        npm()?
            .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"])
            .current_dir(suite),
    )
}
