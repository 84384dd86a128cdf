//! `paydesk credits`: what happened to a wallet, as a file.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, Subcommand, ValueEnum};
use store::Store;

use super::{Failure, existing, note};
use crate::books;
use crate::config::Database;
use crate::credits::history::{self, Entry, Filter, table};
use crate::credits::wallet;
use crate::ids::{KeyId, UserId};
use crate::progress::Progress;

/// Entries read in one transaction: many enough to be quick, few enough to stay small in memory.
const PAGE: i64 = 500;

/// The arguments of `paydesk credits`.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand, Debug)]
enum Action {
    /// Write the whole history of a wallet, newest first. It may run beside a serving process.
    History(Box<Export>),
}

/// Whose history, and where it goes.
#[derive(Args, Debug)]
struct Export {
    /// Whose wallet.
    #[arg(long, value_name = "USER", value_parser = user)]
    user: UserId,
    /// The API key whose credits are meant; the user's own where it is left out.
    #[arg(long, value_name = "KEY", value_parser = key)]
    key: Option<KeyId>,
    /// How it is written.
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,
    /// The file, made or replaced once it is complete; the standard output where it is left out.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    database: Database,
}

/// How a history is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Format {
    /// A table of comma-separated values (RFC 4180), as `history.csv` of the API.
    Csv,
    /// A JSON array with one entry on each line, as `history` of the API.
    Json,
}

fn user(text: &str) -> Result<UserId, String> {
    UserId::parse(text).ok_or_else(|| "a user has 1 to 255 bytes and no control characters".to_owned())
}

fn key(text: &str) -> Result<KeyId, String> {
    KeyId::parse(text).ok_or_else(|| "a key has 1 to 64 letters, digits, _ and -".to_owned())
}

pub(super) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let Action::History(export) = arguments.action;
    let store = existing::open(&export.database).await?;
    let written = match &export.out {
        Some(path) => write_file(&store, &export, path).await?,
        None => write(&store, &export, std::io::stdout()).await?,
    };
    if written == 0 {
        note("nothing has happened to this wallet");
    } else if let Some(path) = &export.out {
        note(&format!("{written} entries written to {}", path.display()));
    }
    Ok(())
}

/// Writes beside the file and puts it in its place once it is complete, so that half an export never looks like a whole one.
async fn write_file(store: &Store, export: &Export, path: &Path) -> Result<u64, Failure> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    let open = || format!("{} cannot be written", path.display());
    let file = File::create(&part).with_context(open)?;
    let written = write(store, export, &file).await;
    let placed = match written {
        Ok(_) => file
            .sync_all()
            .and_then(|()| std::fs::rename(&part, path))
            .with_context(open),
        Err(_) => Ok(()),
    };
    if written.is_err() || placed.is_err() {
        drop(std::fs::remove_file(&part));
    }
    placed?;
    written
}

/// Writes a history page by page, each read in a transaction of its own; what is posted meanwhile is newer than where it
/// began. Gives how many entries it has.
async fn write(store: &Store, export: &Export, output: impl Write) -> Result<u64, Failure> {
    let wallet = wallet(&export.user, export.key.as_ref());
    let of = wallet.clone();
    let total = store
        .read(move |tx| {
            let owned = books::owned(tx, &of)?;
            books::count(tx, owned)
        })
        .await?;
    let progress = Progress::begin("writing entries", u64::try_from(total).unwrap_or_default());
    let mut sheet = Sheet::begin(export.format, BufWriter::new(output))?;
    let (mut done, mut before) = (0, None);
    loop {
        let of = wallet.clone();
        let page = store
            .read(move |tx| history::page(tx, &of, &Filter::default(), before, PAGE))
            .await?;
        sheet.add(&page.entries)?;
        done += page.entries.len() as u64;
        progress.at(done);
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    sheet.end()?;
    progress.end();
    Ok(done)
}

/// A history under way to its output.
enum Sheet<W: Write> {
    Csv(Box<csv::Writer<W>>),
    Json { output: W, is_empty: bool },
}

impl<W: Write> Sheet<W> {
    fn begin(format: Format, mut output: W) -> anyhow::Result<Self> {
        match format {
            Format::Csv => Ok(Self::Csv(Box::new(table::begin(output)?))),
            Format::Json => {
                output.write_all(b"[")?;
                Ok(Self::Json { output, is_empty: true })
            }
        }
    }

    fn add(&mut self, entries: &[Entry]) -> anyhow::Result<()> {
        match self {
            Self::Csv(writer) => Ok(table::add(writer, entries)?),
            Self::Json { output, is_empty } => {
                for entry in entries {
                    output.write_all(if *is_empty { b"\n" } else { b",\n" })?;
                    *is_empty = false;
                    serde_json::to_writer(&mut *output, entry)?;
                }
                Ok(())
            }
        }
    }

    fn end(self) -> anyhow::Result<()> {
        match self {
            Self::Csv(mut writer) => Ok(writer.flush()?),
            Self::Json { mut output, .. } => {
                output.write_all(b"\n]\n")?;
                Ok(output.flush()?)
            }
        }
    }
}
