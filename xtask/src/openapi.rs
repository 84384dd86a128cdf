//! `cargo xtask openapi`: the committed contract, written anew from the code, and what is generated from it. A test fails while they
//! differ.

use std::fs;

use anyhow::{Context as _, Result};

use crate::{process, web};

pub(crate) fn run() -> Result<()> {
    let document = process::output(&mut process::cargo(&[
        "run",
        "--quiet",
        "--package",
        "paydesk",
        "--bin",
        "paydesk",
        "--",
        "openapi",
    ]))?;
    let path = process::root().join("docs/openapi.json");
    fs::write(&path, document).with_context(|| format!("cannot write {}", path.display()))?;
    println!("wrote {}", path.display());
    web::generate()
}
