//! Stripe's own command line and libraries against the sandbox, and what its events come to at a paydesk beside it:
//! `tests/conformance`, with what it needs fetched from the ordinary registries.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result};

use crate::{
    debian, node,
    process::{self, Server},
};

/// With which the run looks at what paydesk made of the sandbox's events.
const ADMIN_TOKEN: &str = "admin_of_the_conformance_run";

pub(crate) fn run() -> Result<()> {
    let suite = process::root().join("tests/conformance");
    let scratch = process::target()?.join("conformance");
    fs::create_dir_all(&scratch)?;
    node::install(&suite)?;
    process::run(
        node::node()?
            .args(["--test", "--test-reporter=dot"])
            .current_dir(&suite),
    )?;
    let python = python(&suite, &scratch)?;
    let mut paydesk = Server::start(
        process::paydesk_beside_sandbox(&scratch.join("data"), "--empty")?.env("PAYDESK_ADMIN_TOKEN", ADMIN_TOKEN),
        "-TERM",
    )?;
    let ready = paydesk.wait_for_line("sandbox Stripe")?;
    let port = process::local_address(&ready)?.port().to_string();
    process::run(
        node::node()?
            .arg(suite.join("run.mjs"))
            .arg(port)
            .arg(python)
            .arg(&scratch)
            .env("PAYDESK_ADMIN_TOKEN", ADMIN_TOKEN),
    )
}

/// A Python of our own with the pinned library, made once per version of the requirements.
fn python(suite: &Path, scratch: &Path) -> Result<PathBuf> {
    let requirements = fs::read_to_string(suite.join("requirements.txt"))?;
    let folder = scratch.join("python");
    let python = folder.join("bin/python");
    let installed = folder.join("requirements.txt");
    if fs::read_to_string(&installed).is_ok_and(|known| known == requirements) {
        return Ok(python);
    }
    if !can_make_environments() {
        debian::install(
            "python3-venv",
            "Python 3 with its venv module, which drives Stripe's Python library,",
        )?;
    }
    process::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    process::run(
        Command::new(&python)
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--requirement",
            ])
            .arg(suite.join("requirements.txt")),
    )?;
    fs::write(&installed, requirements).context("cannot note what was installed")?;
    Ok(python)
}

/// Debian ships `venv` without the part that makes it useful, so both are asked for.
fn can_make_environments() -> bool {
    let mut asked = Command::new("python3");
    asked.args(["-c", "import venv, ensurepip"]).stderr(Stdio::null());
    asked.status().is_ok_and(|status| status.success())
}
