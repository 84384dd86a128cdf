//! Installing what a check needs from Debian's packages: only as root and only with apt-get, else a sentence that says what to install by hand.

use std::process::Command;

use anyhow::{Result, bail};

use crate::process;

/// Whether we may install. Asked of the system and not of the environment, which sudo and containers change.
pub(crate) fn is_root() -> bool {
    process::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// Installs one package without a question asked, or says exactly what is missing and for what.
pub(crate) fn install(package: &str, what_for: &str) -> Result<()> {
    if !is_root() || process::find("apt-get").is_none() {
        bail!(
            "{what_for} is missing. Install it (on Debian or Ubuntu: `sudo apt-get install {package}`) and run this again"
        );
    }
    println!("    installing Debian's package {package}");
    process::run(apt_get().args(["-qq", "update"]))?;
    process::run(apt_get().args([
        "-qq",
        "-o",
        "Dpkg::Options::=--force-confold",
        "-o",
        "Dpkg::Use-Pty=0",
        "install",
        "--no-install-recommends",
        "-y",
        package,
    ]))
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null());
    command
}
