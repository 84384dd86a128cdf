//! A person buys, in a real browser: `tests/browser`, against `paydesk dev` with a fresh database, on its own pages and on those of an
//! application with the components; and against another one that begins with a demo.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result};

use crate::{
    console, debian, node,
    process::{self, Server},
    web,
};

/// Signs the tokens of the tests' users, as the application would.
const JWT_SECRET: &str = "jwt_of_the_browser_run_0123456789abcdef";
/// With which the tests do what an application's back end does.
const ADMIN_TOKEN: &str = "admin_of_the_browser_run";
/// A second paydesk begins with this: sessions in it have begun, for which nobody needs to wait.
const DEMO: &str = "--demo-days=120";

pub(crate) fn run() -> Result<()> {
    let suite = process::root().join("tests/browser");
    node::install(&suite)?;
    let chromium = chromium()?;
    console::freshen()?;
    let data = process::target()?.join("browser");
    let (_example, example) = web::serve_example()?;
    let (_paydesk, paydesk) = start(configured(&data, "--empty")?.env("PAYDESK_RETURN_ORIGINS", &example))?;
    let (_demo, demo) = start(&mut configured(&process::target()?.join("browser-demo"), DEMO)?)?;
    process::run(
        node::node()?
            // One file after another: all buyers are the shop's one user.
            .args(["--test", "--test-concurrency=1", "--test-reporter=spec"])
            .env("SHOP", format!("{paydesk}/shop"))
            .env("DEMO", demo)
            .env("CHROMIUM", chromium)
            .env("EXAMPLE", example)
            // Who invites operators does so with the program itself.
            .env("PAYDESK", process::target()?.join("debug/paydesk"))
            .env(
                "PAYDESK_DATABASE",
                format!("sqlite:{}", data.join("paydesk.db").display()),
            )
            .env("PAYDESK_ADMIN_TOKEN", ADMIN_TOKEN)
            .env("PAYDESK_JWT_SECRET", JWT_SECRET)
            .current_dir(&suite),
    )
}

/// A paydesk of the tests, in a folder that begins anew.
fn configured(data: &Path, beginning: &str) -> Result<Command> {
    let mut command = process::paydesk_beside_sandbox(data, beginning)?;
    command
        .env("PAYDESK_CATALOGUE", catalogue()?)
        .env("PAYDESK_JWT_SECRET", JWT_SECRET)
        .env("PAYDESK_ADMIN_TOKEN", ADMIN_TOKEN)
        // A test turns pages faster than anybody reads them.
        .env("PAYDESK_USER_PER_MINUTE", "60000")
        .env("PAYDESK_ADDRESS_PER_MINUTE", "60000");
    Ok(command)
}

/// Starts it, and answers its origin too.
fn start(command: &mut Command) -> Result<(Server, String)> {
    let mut server = Server::start(command, "-TERM")?;
    let address = process::local_address(&server.wait_for_line("/shop")?)?;
    Ok((server, format!("http://{address}")))
}

/// What the shop of the repository sells, and what the tests want to be sold besides.
fn catalogue() -> Result<PathBuf> {
    let root = process::root();
    let mut items = fs::read_to_string(root.join("paydesk.toml"))?;
    items.push_str(&fs::read_to_string(root.join("tests/browser/catalogue.toml"))?);
    let path = process::target()?.join("browser.toml");
    fs::write(&path, items)?;
    Ok(path)
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
