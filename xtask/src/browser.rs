//! A person buys, in a real browser: `tests/browser`, against `paydesk dev` with a fresh database.

use std::{fs, net::TcpListener, path::PathBuf, process::Stdio};

use anyhow::{Context as _, Result};

use crate::{
    debian, node,
    process::{self, Server},
};

pub(crate) fn run() -> Result<()> {
    let suite = process::root().join("tests/browser");
    node::install(&suite)?;
    let chromium = chromium()?;
    process::run(&mut process::cargo(&["build", "--locked", "--package", "paydesk"]))?;
    let data = process::target()?.join("browser");
    if data.exists() {
        fs::remove_dir_all(&data).context("cannot remove the data of an earlier run")?;
    }
    fs::create_dir_all(&data)?;
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let shop = format!("http://127.0.0.1:{port}/shop");
    let mut paydesk = Server::start(
        process::mortal(&process::target()?.join("debug/paydesk"), None)
            .args(["dev", "--port", &port.to_string(), "--data"])
            .arg(&data)
            .stdout(Stdio::piped()),
        "-TERM",
    )?;
    paydesk.wait_for_line(&shop)?;
    process::run(
        node::node()?
            .args(["--test", "--test-reporter=spec"])
            .env("SHOP", shop)
            .env("CHROMIUM", chromium)
            .current_dir(&suite),
    )
}

/// Any Chromium that is there, else Debian's.
fn chromium() -> Result<PathBuf> {
    if let Some(given) = std::env::var_os("CHROMIUM") {
        return Ok(given.into());
    }
    let find = || {
        ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"]
            .into_iter()
            .find_map(process::find)
    };
    if let Some(found) = find() {
        return Ok(found);
    }
    debian::install("chromium", "Chromium, which the browser tests drive,")?;
    find().context("Chromium was installed, but is not in PATH")
}
