//! What paydesk sends to others, taken by other people's software: `tests/courier`, against `paydesk dev` with fresh databases.

use anyhow::Result;

use crate::{node, process};

pub(crate) fn run() -> Result<()> {
    let suite = process::root().join("tests/courier");
    node::install(&suite)?;
    process::paydesk()?;
    process::run(
        node::node()?
            .args(["--test", "--test-reporter=spec"])
            .env("PAYDESK", process::target()?.join("debug/paydesk"))
            .current_dir(&suite),
    )
}
