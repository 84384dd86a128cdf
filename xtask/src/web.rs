//! What runs in a browser: `web/`. Types, style, unit tests, sizes, and the packages as they are published; the journeys in a real
//! browser are in `browser.rs`.

use std::path::PathBuf;

use anyhow::Result;

use crate::{
    node,
    process::{self, Server},
};

/// From the cheapest to the dearest. Those after `build` use what it made.
const CHECKS: [&str; 8] = ["fresh", "lint", "build", "console", "types", "unit", "size", "packed"];

pub(crate) fn run() -> Result<()> {
    let web = installed()?;
    for check in CHECKS {
        println!("    {check}");
        process::run(&mut node::script(&web, check)?)?;
    }
    Ok(())
}

/// Writes the client's generated part anew from the committed contract.
pub(crate) fn generate() -> Result<()> {
    process::run(&mut node::script(&installed()?, "generate")?)
}

/// Builds the page that shows all components, and serves it. Answers its origin too.
pub(crate) fn serve_example() -> Result<(Server, String)> {
    let web = installed()?;
    process::run(&mut node::script(&web, "build")?)?;
    process::run(&mut node::script(&web.join("react/example"), "build")?)?;
    let mut server = Server::start(
        node::node()?
            .arg("serve.mjs")
            .current_dir(web.join("react/example"))
            .stdout(std::process::Stdio::piped()),
        "-TERM",
    )?;
    let address = process::local_address(&server.wait_for_line("the example is ready")?)?;
    Ok((server, format!("http://{address}")))
}

/// The folder, with its packages.
pub(crate) fn installed() -> Result<PathBuf> {
    let web = process::root().join("web");
    node::install(&web)?;
    Ok(web)
}
