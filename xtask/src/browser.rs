//! A person buys, in a real browser: `tests/browser`, against `paydesk dev` with a fresh database, on its own pages and on those of an
//! application with the components.

use std::path::PathBuf;

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

pub(crate) fn run() -> Result<()> {
    let suite = process::root().join("tests/browser");
    node::install(&suite)?;
    let chromium = chromium()?;
    console::freshen()?;
    let data = process::target()?.join("browser");
    let (_example, example) = web::serve_example()?;
    let mut paydesk = Server::start(
        process::paydesk_beside_sandbox(&data)?
            .env("PAYDESK_JWT_SECRET", JWT_SECRET)
            .env("PAYDESK_ADMIN_TOKEN", ADMIN_TOKEN)
            .env("PAYDESK_RETURN_ORIGINS", &example)
            // A test turns pages faster than anybody reads them.
            .env("PAYDESK_USER_PER_MINUTE", "60000")
            .env("PAYDESK_ADDRESS_PER_MINUTE", "60000"),
        "-TERM",
    )?;
    let shop = format!(
        "http://{}/shop",
        process::local_address(&paydesk.wait_for_line("/shop")?)?
    );
    let database = format!("sqlite:{}", data.join("paydesk.db").display());
    process::run(
        node::node()?
            // One file after another: all buyers are the shop's one user.
            .args(["--test", "--test-concurrency=1", "--test-reporter=spec"])
            .env("SHOP", shop)
            .env("CHROMIUM", chromium)
            .env("EXAMPLE", example)
            // Who invites operators does so with the program itself.
            .env("PAYDESK", process::target()?.join("debug/paydesk"))
            .env("PAYDESK_DATABASE", database)
            .env("PAYDESK_ADMIN_TOKEN", ADMIN_TOKEN)
            .env("PAYDESK_JWT_SECRET", JWT_SECRET)
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
