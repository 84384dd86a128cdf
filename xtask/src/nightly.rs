//! `cargo xtask nightly`: the same test binaries as every day, with the sizes that need a night. Each campaign prints its own figures.
//!
//! A size that the caller's environment sets wins over the one written here, and so does `PAYDESK_SEED`.

use std::time::Instant;

use anyhow::{Context as _, Result, bail};

use crate::{
    postgres::{Cluster, Durability},
    process,
};

/// Tests of one crate, and the sizes they read from the environment.
struct Campaign {
    name: &'static str,
    package: &'static str,
    /// Which tests, as `cargo test` wants it.
    tests: &'static [&'static str],
    sizes: &'static [(&'static str, &'static str)],
}

const CAMPAIGNS: [Campaign; 7] = [
    Campaign {
        name: "death",
        package: "paydesk",
        tests: &["--test", "death"],
        sizes: &[
            ("PAYDESK_KILLS", "500"),
            ("PAYDESK_EDGE_KILLS", "50"),
            ("PAYDESK_PASSES", "20"),
        ],
    },
    Campaign {
        name: "hostile",
        package: "paydesk",
        tests: &["--test", "hostile"],
        sizes: &[("PAYDESK_HOSTILE", "50000"), ("PAYDESK_MUTANTS", "1000000")],
    },
    Campaign {
        name: "confluence",
        package: "paydesk",
        tests: &["--test", "confluence"],
        sizes: &[("PAYDESK_HISTORIES", "100000"), ("PAYDESK_INTERLEAVINGS", "1000000")],
    },
    Campaign {
        name: "wallets",
        package: "paydesk",
        tests: &["--test", "wallets"],
        sizes: &[
            ("PAYDESK_WALLET_OPERATIONS", "1000000"),
            ("PAYDESK_WALLET_KEYS", "10000"),
            ("PAYDESK_FLIPS", "1000000"),
            ("PAYDESK_FORGERIES", "1000"),
        ],
    },
    Campaign {
        name: "stories",
        package: "paydesk",
        tests: &["--test", "stories"],
        sizes: &[
            ("PAYDESK_HOLD_RACES", "100000"),
            ("PAYDESK_BOOKING_RACES", "1000"),
            ("PAYDESK_BOOKINGS", "10000"),
            ("PAYDESK_DELIVERIES", "1000"),
        ],
    },
    Campaign {
        name: "slots",
        package: "paydesk",
        tests: &["--lib", "bookings::rules::slots"],
        sizes: &[("PROPTEST_CASES", "100000")],
    },
    Campaign {
        name: "arithmetic",
        package: "ledger",
        tests: &["--lib", "money"],
        sizes: &[("PROPTEST_CASES", "10000000")],
    },
];

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    if arguments.iter().any(|word| word == "--list") {
        for campaign in &CAMPAIGNS {
            println!(
                "{:<14}{} of {}: {:?}",
                campaign.name,
                campaign.tests.join(" "),
                campaign.package,
                campaign.sizes
            );
        }
        return Ok(());
    }
    if let Some(unknown) = arguments
        .iter()
        .find(|word| !CAMPAIGNS.iter().any(|campaign| campaign.name == word.as_str()))
    {
        bail!("there is no campaign `{unknown}`; `cargo xtask nightly --list` shows them");
    }
    let cluster = Cluster::given_or_started(Durability::Fsync)?;
    for campaign in CAMPAIGNS
        .iter()
        .filter(|one| arguments.is_empty() || arguments.iter().any(|word| word == one.name))
    {
        println!("\n==> {} {:?}", campaign.name, campaign.sizes);
        let start = Instant::now();
        process::run(
            process::cargo(&[
                "test",
                "--profile",
                "campaign",
                "--locked",
                "--package",
                campaign.package,
            ])
            .args(campaign.tests)
            .args(["--", "--nocapture"])
            .envs(campaign.sizes.iter().copied())
            .env("DATABASE_URL", cluster.url()),
        )
        .with_context(|| format!("repeat it with: cargo xtask nightly {}", campaign.name))?;
        println!("    {} in {} s", campaign.name, start.elapsed().as_secs());
    }
    Ok(())
}
