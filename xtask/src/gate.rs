//! `cargo xtask test`: every check of the project, in order, stopping at the first failure with the command that repeats it.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::{
    browser, conformance, courier, dependencies,
    postgres::{Cluster, Durability},
    process, tidy, web,
};

/// One check: the word that selects it, what it shows, and how.
struct Step {
    name: &'static str,
    shows: &'static str,
    check: fn() -> Result<()>,
}

/// Cheap ones first; those that share compiled code stand together.
const STEPS: [Step; 10] = [
    Step {
        name: "fmt",
        shows: "the formatting is rustfmt's",
        check: fmt,
    },
    Step {
        name: "tidy",
        shows: "the walls and ceilings of the tree stand",
        check: tidy::run,
    },
    Step {
        name: "dependencies",
        shows: "licences, sources and bans of deny.toml hold",
        check: dependencies::check,
    },
    Step {
        name: "web",
        shows: "the client and the components are typed, tested, small, and sound as packed",
        check: web::run,
    },
    Step {
        name: "clippy",
        shows: "the compiler and clippy have nothing to say",
        check: clippy,
    },
    Step {
        name: "doc",
        shows: "the documentation builds, every link in it leads somewhere",
        check: doc,
    },
    Step {
        name: "rust",
        shows: "all Rust tests, on both databases",
        check: rust,
    },
    Step {
        name: "conformance",
        shows: "Stripe's own CLI and libraries accept the sandbox",
        check: conformance::run,
    },
    Step {
        name: "courier",
        shows: "other people's software takes what is sent to it",
        check: courier::run,
    },
    Step {
        name: "browser",
        shows: "a person can buy, and use the components, in a real browser",
        check: browser::run,
    },
];

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    if arguments.iter().any(|word| word == "--list") {
        for step in &STEPS {
            println!("{:<14}{}", step.name, step.shows);
        }
        return Ok(());
    }
    if let Some(unknown) = arguments
        .iter()
        .find(|word| !STEPS.iter().any(|step| step.name == word.as_str()))
    {
        bail!("there is no step `{unknown}`; `cargo xtask test --list` shows them");
    }
    let chosen: Vec<&Step> = STEPS
        .iter()
        .filter(|step| arguments.is_empty() || arguments.iter().any(|word| word == step.name))
        .collect();
    let mut durations = Vec::new();
    for (index, step) in chosen.iter().enumerate() {
        println!("\n==> {}/{} {}: {}", index + 1, chosen.len(), step.name, step.shows);
        let start = Instant::now();
        if let Err(error) = (step.check)() {
            bail!(
                "{} failed after {}: {error:#}\nrepeat it with: cargo xtask test {}",
                step.name,
                seconds(start.elapsed()),
                step.name
            );
        }
        println!("    {} in {}", step.name, seconds(start.elapsed()));
        durations.push((step.name, start.elapsed()));
    }
    println!("\nEvery step passed:");
    for (name, duration) in &durations {
        println!("  {name:<14}{:>10}", seconds(*duration));
    }
    println!(
        "  {:<14}{:>10}",
        "together",
        seconds(durations.iter().map(|(_, duration)| *duration).sum())
    );
    Ok(())
}

fn seconds(duration: Duration) -> String {
    format!("{}.{} s", duration.as_secs(), duration.subsec_millis() / 100)
}

fn fmt() -> Result<()> {
    process::run(&mut process::cargo(&[
        "fmt",
        "--all",
        "--",
        "--check",
        "--files-with-diff",
    ]))
}

fn clippy() -> Result<()> {
    process::run(&mut process::cargo(&[
        "clippy",
        "--locked",
        "--workspace",
        "--all-targets",
        "--keep-going",
        "--",
        "-D",
        "warnings",
    ]))
}

/// Private items too: the documentation is for those who work on the code, so a link may lead inside.
fn doc() -> Result<()> {
    process::run(
        process::cargo(&[
            "doc",
            "--locked",
            "--workspace",
            "--no-deps",
            "--document-private-items",
            "--keep-going",
        ])
        .env("RUSTDOCFLAGS", "-D warnings -A rustdoc::private-intra-doc-links"),
    )
}

/// Two tests at a time for each processor: half of what one does is waiting for a database or another process.
fn rust() -> Result<()> {
    let cluster = Cluster::given_or_started(Durability::Scratch)?;
    let threads = 2 * std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    process::run(
        process::cargo(&["test", "--locked", "--workspace"])
            .env("DATABASE_URL", cluster.url())
            .env("RUST_TEST_THREADS", threads.to_string()),
    )
}
