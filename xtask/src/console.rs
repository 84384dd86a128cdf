//! `cargo xtask console`: the console of operators, built where the compiler takes it into the binary.

use std::{fs, io, path::Path, time::SystemTime};

use anyhow::Result;

use crate::{node, process, web};

/// Everything that the console is made from, from `web`.
const SOURCES: [&str; 8] = [
    "package-lock.json",
    "client/src",
    "react/src",
    "console/src",
    "console/account",
    "console/index.html",
    "console/account.html",
    "console/vite.config.mjs",
];
const PAGE: &str = "console/built/dist/index.html.gz";

/// Builds it, whether it is stale or not.
pub(crate) fn run() -> Result<()> {
    let web = web::installed()?;
    for script in ["build", "console"] {
        process::run(&mut node::script(&web, script)?)?;
    }
    Ok(())
}

/// Builds it where it is older than what it is made from.
pub(crate) fn freshen() -> Result<()> {
    if is_stale()? { run() } else { Ok(()) }
}

fn is_stale() -> Result<bool> {
    let web = process::root().join("web");
    let Ok(built) = fs::metadata(web.join(PAGE)) else {
        return Ok(true);
    };
    let built = built.modified()?;
    for source in SOURCES {
        if newest(&web.join(source))? > built {
            return Ok(true);
        }
    }
    Ok(false)
}

/// When something at or below this path was last changed.
fn newest(path: &Path) -> io::Result<SystemTime> {
    let about = fs::metadata(path)?;
    let mut found = about.modified()?;
    if about.is_dir() {
        for entry in fs::read_dir(path)? {
            found = found.max(newest(&entry?.path())?);
        }
    }
    Ok(found)
}
