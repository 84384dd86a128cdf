//! A history as a table of comma-separated values.

use std::io::Write;

use super::{Entry, rules};

/// Begins a table with the names of its columns.
pub fn begin<W: Write>(output: W) -> csv::Result<csv::Writer<W>> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(output);
    writer.write_record([
        "transfer_id",
        "at",
        "code",
        "what",
        "amount",
        "balance",
        "held",
        "owed",
        "reason",
        "lots",
        "business_key",
        "event_id",
        "event_type",
    ])?;
    Ok(writer)
}

/// Adds entries, one a row.
pub fn add<W: Write>(writer: &mut csv::Writer<W>, entries: &[Entry]) -> csv::Result<()> {
    for entry in entries {
        let lots: Vec<String> = entry
            .lots
            .iter()
            .map(|part| format!("{}:{}", part.lot, part.amount))
            .collect();
        let event = entry.event.as_ref();
        let number = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
        let cells: [&str; 13] = [
            &entry.transfer_id,
            &entry.at.to_string(),
            entry.code,
            &entry.what,
            &entry.amount.to_string(),
            &number(entry.balance),
            &number(entry.held),
            &number(entry.owed),
            entry.reason.as_deref().unwrap_or_default(),
            &lots.join(" "),
            entry.business_key.as_deref().unwrap_or_default(),
            event.map_or("", |event| event.id.as_str()),
            event.map_or("", |event| event.r#type.as_str()),
        ];
        writer.write_record(cells.map(rules::cell))?;
    }
    Ok(())
}
