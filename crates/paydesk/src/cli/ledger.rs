//! `paydesk ledger`: hold the books against themselves, and keep heads of their chain elsewhere.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, anyhow};
use clap::{Args, Subcommand};
use secrecy::{ExposeSecret, SecretString};
use store::Store;

use super::{Failure, existing, note, print};
use crate::audit;
use crate::books::{self, Anchor, AnchorKey};
use crate::clock::Clock;
use crate::config::Database;
use crate::progress::Progress;

/// The arguments of `paydesk ledger`.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand, Debug)]
enum Action {
    /// Recompute every balance, lot and seal from the transfers alone. Ends with 1 and names what differs where anything does.
    Verify {
        /// An anchor that the chain must go through; may be repeated.
        #[arg(long = "anchor", value_name = "FILE")]
        anchors: Vec<PathBuf>,
        /// Who must have signed the anchors: the public key, as `paydesk ledger key` printed it.
        #[arg(long, value_name = "HEX", requires = "anchors", value_parser = public_key)]
        public_key: Option<String>,
        #[command(flatten)]
        database: Database,
    },
    /// Make a key to sign anchors with, and print its public half.
    Key {
        /// Where the key is kept, readable for you alone. A file that is there is never overwritten.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Seal what was posted, and write the head of the chain, signed. Keep it where nobody who can write the database can.
    Anchor {
        /// Where the anchor is written. A file that is there is never overwritten.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// The file of the key it is signed with.
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        #[command(flatten)]
        database: Database,
    },
}

pub(super) async fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.action {
        Action::Verify {
            anchors,
            public_key,
            database,
        } => {
            let anchors = read_anchors(&anchors, public_key.as_deref())?;
            verify(&existing::open(&database).await?, anchors).await
        }
        Action::Key { out } => make_key(&out),
        Action::Anchor { out, key, database } => {
            let key = read_key(&key)?;
            anchor(&existing::open(&database).await?, key, &out).await
        }
    }
}

async fn verify(store: &Store, anchors: Vec<Anchor>) -> Result<(), Failure> {
    let count = anchors.len();
    let progress = Arc::new(Progress::begin("reading transfers", 0));
    let shown = Arc::clone(&progress);
    let audit = store
        .read(move |tx| audit::audit(tx, &anchors, |done, total| shown.of(done, total)))
        .await?;
    if let Some(progress) = Arc::into_inner(progress) {
        progress.end();
    }
    for finding in &audit.findings {
        print(finding);
    }
    if !audit.findings.is_empty() {
        return Err(Failure::Failed(anyhow!(
            "the books do not verify: {} findings in {} transfers of {} accounts",
            audit.wrong,
            audit.transfers,
            audit.accounts
        )));
    }
    let anchored = match count {
        0 => String::new(),
        1 => ", the chain goes through the anchor".to_owned(),
        count => format!(", the chain goes through {count} anchors"),
    };
    print(&format!(
        "the books verify: {} transfers, {} accounts, every unit sums to zero; {} transfers are sealed{anchored}",
        audit.transfers, audit.accounts, audit.sealed
    ));
    Ok(())
}

/// The public half of a key for anchors, which is one of Ed25519: 32 bytes.
fn public_key(text: &str) -> Result<String, String> {
    let bytes = hex::decode(text).unwrap_or_default();
    if bytes.len() == 32 {
        Ok(hex::encode(bytes))
    } else {
        Err("a public key has 64 hexadecimal digits, as `paydesk ledger key` printed them".to_owned())
    }
}

/// Reads anchors and checks who signed them.
fn read_anchors(files: &[PathBuf], public_key: Option<&str>) -> Result<Vec<Anchor>, Failure> {
    let mut anchors: Vec<Anchor> = Vec::with_capacity(files.len());
    for file in files {
        let name = file.display();
        let text = std::fs::read_to_string(file).with_context(|| format!("{name} cannot be read"))?;
        let anchor: Anchor = serde_json::from_str(&text).with_context(|| format!("{name} is no anchor"))?;
        // Without a key that was named, all must at least be of one.
        let trusted = public_key.unwrap_or_else(|| &anchors.first().unwrap_or(&anchor).public_key);
        if let Err(unsigned) = anchor.check(trusted) {
            return Err(Failure::Failed(anyhow!("{name} is not to be believed: {unsigned}")));
        }
        anchors.push(anchor);
    }
    if let (Some(first), None) = (anchors.first(), public_key) {
        note(&format!(
            "the anchors are signed with {}; name it with --public-key, so that no other is believed",
            first.public_key
        ));
    }
    Ok(anchors)
}

fn make_key(out: &Path) -> Result<(), Failure> {
    let (key, text) = AnchorKey::generate()
        .and_then(|key| key.text().map(|text| (key, text)))
        .context("a key could not be made: this machine gives no randomness")?;
    write_new(out, 0o600, text.expose_secret())?;
    note(&format!("the key is in {}; its public half is", out.display()));
    print(&key.public());
    Ok(())
}

fn read_key(file: &Path) -> Result<AnchorKey, Failure> {
    let name = file.display();
    let text = std::fs::read_to_string(file).with_context(|| format!("{name} cannot be read"))?;
    let key = AnchorKey::of_text(&SecretString::from(text));
    key.ok_or_else(|| anyhow!("{name} holds no key; `paydesk ledger key` makes one").into())
}

async fn anchor(store: &Store, key: AnchorKey, out: &Path) -> Result<(), Failure> {
    let clock = Clock::system();
    match books::seal(store, clock.now_us()).await {
        // The server sealed the same meanwhile.
        Ok(_) | Err(store::Error::Conflict { .. } | store::Error::Busy) => {}
        Err(error) => return Err(error.into()),
    }
    let now_us = clock.now_us();
    let anchor = store.read(move |tx| Anchor::of_head(tx, &key, now_us)).await?;
    let anchor = anchor.ok_or_else(|| anyhow!("nothing was ever posted, so there is nothing to anchor"))?;
    let text = serde_json::to_string_pretty(&anchor).context("an anchor is written as JSON")?;
    write_new(out, 0o644, &text)?;
    print(&format!(
        "{}: {} transfers, sealed by seal {}",
        out.display(),
        anchor.transfers,
        anchor.seal
    ));
    Ok(())
}

/// Writes a file that is not there yet, durably.
fn write_new(path: &Path, mode: u32, text: &str) -> anyhow::Result<()> {
    let open = || -> std::io::Result<File> {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?;
        writeln!(file, "{text}")?;
        file.sync_all()?;
        Ok(file)
    };
    open()
        .map(drop)
        .with_context(|| format!("{} cannot be written", path.display()))
}
