//! A statement as a document to print and to keep: A4, in the two families of type that every reader has, so that nothing is
//! embedded. Times are UTC.

use ledger::Money;
use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str, TextStr};

use super::rules::statements::Sums;
use super::statements::{Entry, Statement};
use crate::clock::Moment;
use crate::ids::UserId;

/// A4, in points.
const PAGE: (f32, f32) = (595.0, 842.0);
const MARGIN: f32 = 48.0;
/// From one line to the next.
const LEADING: f32 = 13.0;
const HEADING: Type = Type(Name(b"Heading"), 18.0);
const SUBHEADING: Type = Type(Name(b"Heading"), 10.0);
/// Every letter is as wide as the next, so that figures stand below figures.
const TABLE: Type = Type(Name(b"Table"), 8.0);
/// How many of its letters a line has room for.
const TABLE_LETTERS: usize = 103;

/// A typeface of the document, and its size in points.
#[derive(Clone, Copy)]
struct Type(Name<'static>, f32);

/// The document of a shop's statement to somebody who earns there.
pub(super) fn document(
    (shop_name, user_id): (&str, &UserId),
    (from, to): (Moment, Moment),
    statement: &Statement,
) -> Vec<u8> {
    let title = format!("Statement of earnings: {user_id}");
    let mut pages = Pages::new();
    pages.line(HEADING, "Statement of earnings");
    pages.line(TABLE, "");
    pages.text(&format!("Shop    {shop_name}"));
    pages.text(&format!("Earner  {user_id}"));
    pages.line(TABLE, &format!("From    {from}"));
    pages.line(TABLE, &format!("Before  {to}"));
    for sums in &statement.sums {
        pages.line(TABLE, "");
        pages.line(SUBHEADING, &sums.currency.code().to_ascii_uppercase());
        for (what, minor) in told(sums) {
            let amount = Money::new(minor, sums.currency).to_string();
            pages.line(TABLE, &format!("{what:<40}{amount:>24}"));
        }
    }
    pages.line(TABLE, "");
    pages.line(SUBHEADING, "Entries");
    if statement.entries.is_empty() {
        pages.line(TABLE, "Nothing was earned, given back or transferred in this time.");
    } else {
        pages.line(TABLE, &row("At", "What", "Sale", "Amount"));
    }
    for entry in &statement.entries {
        pages.line(TABLE, &told_of(entry));
    }
    pages.write(&title)
}

/// What a statement comes to in a currency, one line each.
fn told(sums: &Sums) -> [(&'static str, i64); 6] {
    [
        ("Owed before", sums.opening_minor),
        ("Earned", sums.earned_minor),
        ("Not earned after all", -sums.reversed_minor),
        ("Transferred to the connected account", -sums.transferred_minor),
        ("Taken back from it", sums.taken_back_minor),
        ("Owed afterwards", sums.closing_minor),
    ]
}

fn told_of(entry: &Entry) -> String {
    let amount = Money::new(entry.amount_minor, entry.currency).to_string();
    let kind = entry.kind.word().replace('_', " ");
    row(&Moment(entry.at_us).to_string(), &kind, &entry.sale, &amount)
}

fn row(at: &str, kind: &str, sale: &str, amount: &str) -> String {
    format!("{at:<28}{kind:<13}{sale:<42}{amount:>20}")
}

/// The pages of a document, filled from the top to the bottom.
struct Pages {
    full: Vec<Vec<u8>>,
    current: Content,
    /// How far down the current page is written.
    depth: f32,
}

impl Pages {
    fn new() -> Self {
        Self {
            full: Vec::new(),
            current: Content::new(),
            depth: 0.0,
        }
    }

    /// Writes a text of any length, on as many lines as it needs.
    fn text(&mut self, text: &str) {
        let mut line = Vec::new();
        for letter in text.chars() {
            let letter = encoded(letter);
            if line.len() + letter.len() > TABLE_LETTERS {
                self.put(TABLE, &line);
                line.clear();
            }
            line.extend(letter);
        }
        self.put(TABLE, &line);
    }

    fn line(&mut self, kind: Type, text: &str) {
        let letters: Vec<u8> = text.chars().flat_map(encoded).collect();
        self.put(kind, &letters);
    }

    /// Writes a line below the last one, on a page that has room for it.
    fn put(&mut self, Type(font, size): Type, text: &[u8]) {
        let height = size.max(LEADING);
        if self.depth + height > PAGE.1 - 2.0 * MARGIN {
            self.turn();
        }
        self.depth += height;
        self.current
            .begin_text()
            .set_font(font, size)
            .next_line(MARGIN, PAGE.1 - MARGIN - self.depth)
            .show(Str(text))
            .end_text();
    }

    fn turn(&mut self) {
        let current = std::mem::replace(&mut self.current, Content::new());
        self.full.push(current.finish().into_vec());
        self.depth = 0.0;
    }

    /// The bytes of the document.
    fn write(mut self, title: &str) -> Vec<u8> {
        self.turn();
        let mut pdf = Pdf::new();
        let mut last = 0;
        let mut next = || {
            last += 1;
            Ref::new(last)
        };
        let (catalog, tree, info, heading, table) = (next(), next(), next(), next(), next());
        pdf.catalog(catalog).pages(tree).lang(TextStr("en"));
        pdf.document_info(info).title(TextStr(title));
        for (font, family) in [(heading, "Helvetica-Bold"), (table, "Courier")] {
            pdf.type1_font(font)
                .base_font(Name(family.as_bytes()))
                .encoding_predefined(Name(b"WinAnsiEncoding"));
        }
        let pages: Vec<(Ref, Ref)> = self.full.iter().map(|_| (next(), next())).collect();
        let count = i32::try_from(pages.len()).unwrap_or(i32::MAX);
        pdf.pages(tree).kids(pages.iter().map(|(page, _)| *page)).count(count);
        for ((page, content), bytes) in pages.iter().zip(&self.full) {
            let mut written = pdf.page(*page);
            written
                .media_box(Rect::new(0.0, 0.0, PAGE.0, PAGE.1))
                .parent(tree)
                .contents(*content);
            written
                .resources()
                .fonts()
                .pair(HEADING.0, heading)
                .pair(TABLE.0, table);
            written.finish();
            pdf.stream(*content, bytes);
        }
        pdf.finish()
    }
}

/// A letter in the document's fonts. One that they lack, as a user's id may hold it, is written as its number, so that no two ids
/// look the same.
fn encoded(letter: char) -> Vec<u8> {
    match u8::try_from(letter) {
        Ok(byte) if !(0x7f..0xa0).contains(&byte) => vec![byte],
        _ => letter.escape_unicode().to_string().into_bytes(),
    }
}

#[cfg(test)]
mod tests {
    use ledger::Currency;

    use super::*;
    use crate::payouts::EntryKind;
    use crate::payouts::rules::statements::sums;

    fn statement(entries: usize) -> Statement {
        let currency: Currency = "usd".parse().unwrap();
        let entry = |number: usize| Entry {
            key: String::new(),
            line_id: String::new(),
            sale: format!("booking:bkg_{number}"),
            currency,
            kind: EntryKind::Earned,
            amount_minor: 5101,
            at_us: 1_767_225_600_000_000,
        };
        let entries: Vec<Entry> = (0..entries).map(entry).collect();
        Statement {
            sums: sums(&[(currency, -450)], &entries),
            entries,
        }
    }

    fn written(user_id: &str, statement: &Statement) -> Vec<u8> {
        let user_id = UserId::parse(user_id).unwrap();
        document(("Acme", &user_id), (Moment(0), Moment(1)), statement)
    }

    fn times(document: &[u8], text: &str) -> usize {
        document
            .windows(text.len())
            .filter(|window| *window == text.as_bytes())
            .count()
    }

    /// What readers go by: the table at the end names the place of every object.
    fn assert_every_object_is_where_the_table_says(document: &[u8]) {
        // The places are of bytes, so each byte becomes one letter of one byte.
        let letter = |byte: &u8| if byte.is_ascii() { char::from(*byte) } else { '?' };
        let text: String = document.iter().map(letter).collect();
        let (before, end) = text.rsplit_once("startxref\n").unwrap();
        let start: usize = end.lines().next().unwrap().parse().unwrap();
        let table = &before[start..];
        assert!(table.starts_with("xref\n"), "{table}");
        let places = table.lines().filter(|line| line.trim_end().ends_with(" n"));
        let mut count = 0;
        for (index, place) in places.enumerate() {
            let at: usize = place.split(' ').next().unwrap().parse().unwrap();
            assert!(text[at..].starts_with(&format!("{} 0 obj", index + 1)), "{place}");
            count += 1;
        }
        assert!(count > 5, "{table}");
    }

    #[test]
    fn a_document_has_every_entry_once_and_goes_on_on_the_next_page() {
        for (entries, pages) in [(0, 1), (1, 1), (500, 10)] {
            let written = written("grace", &statement(entries));
            assert_eq!(times(&written, "booking:bkg_"), entries);
            assert_eq!(times(&written, "/MediaBox"), pages);
            assert_every_object_is_where_the_table_says(&written);
        }
    }

    #[test]
    fn amounts_carry_their_sign_and_currency() {
        let written = written("grace", &statement(2));
        for text in ["-4.50 USD", "102.02 USD", "97.52 USD", "51.01 USD"] {
            assert!(times(&written, text) > 0, "{text}");
        }
    }

    #[test]
    fn no_line_is_longer_than_the_page_is_wide() {
        let long = "\u{4e01}".repeat(85);
        let written = written(&long, &statement(3));
        assert_eq!(times(&written, "4e01"), 85, "no letter is cut in two");
        let text = String::from_utf8_lossy(&written);
        for shown in text.lines().filter(|line| line.ends_with(" Tj")) {
            // Two brackets, ` Tj`, and a stroke before each bracket and stroke of the text itself.
            assert!(
                shown.len() <= TABLE_LETTERS + 5 + shown.matches('\\').count(),
                "{shown}"
            );
        }
    }

    #[test]
    fn an_id_can_neither_end_a_text_nor_look_like_another() {
        let written = written("a) Tj (\\b", &statement(0));
        assert_every_object_is_where_the_table_says(&written);
        assert_eq!(times(&written, "(Earner  a) Tj"), 0);
        let escaped = times(&self::written("\u{4e01}", &statement(0)), "\\u{4e01}");
        assert!(escaped > 0);
    }
}
