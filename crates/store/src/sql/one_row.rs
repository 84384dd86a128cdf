//! Statements over rows, turned into statements about one row: the embedded engine runs them once for each row, and what is
//! made for a set of rows costs it a table of its own each time.

use super::Token;
use super::plan::{Engine, Kind, Piece};

/// Turns a statement that writes what a `rows(…)` mark gives into one about a single row, whose fields stand where `r.name`
/// does: `update … from rows(…) where …`, `delete … using rows(…) where …`, and `insert … select … from rows(…)`, which
/// becomes `insert … values (…)`. Any other statement stays as it is.
pub(super) fn of_one_row<'a>(pieces: Vec<Piece<'a>>, starts: &[usize]) -> Vec<Piece<'a>> {
    let solid = solid(&pieces);
    let Some(place) = solid.iter().position(|at| matches!(pieces[*at], Piece::Rows { .. })) else {
        return pieces;
    };
    let Some(joined) = place.checked_sub(1).map(|before| solid[before]) else {
        return pieces;
    };
    let (rows, next) = (solid[place], solid.get(place + 1));
    let verb = &pieces[solid[0]];
    let goes_on = |word: &str| next.is_some_and(|at| pieces[*at].is(word));
    let joins = |verb_word: &str, word: &str| verb.is(verb_word) && pieces[joined].is(word);
    if goes_on("where") && (joins("update", "from") || joins("delete", "using")) {
        return with_fields(&pieces, starts, |at| match at {
            _ if at == joined || at == rows => Change::Drop,
            _ => Change::Keep,
        });
    }
    let ends = next.is_none() || goes_on("on") || goes_on("returning");
    let Some(select) = outer_select(&pieces).filter(|_| ends && joins("insert", "from")) else {
        return pieces;
    };
    with_fields(&pieces, starts, |at| match at {
        _ if at == select => Change::Write("values ("),
        _ if at == select + 1 || at == joined => Change::Drop,
        _ if at == rows => Change::Write(")"),
        _ => Change::Keep,
    })
}

/// The place of the verb that is to read `insert or fail` or `update or fail`.
///
/// A statement over rows runs once for each row on the embedded engine, which takes any `insert … select` for one of many
/// rows and keeps an undo journal of its own for each run, at an eighth of the time of ingestion. One row needs none: its
/// constraints are judged before it is written, and a failed statement spoils its whole unit of work in any case.
pub(super) fn verb_to_fail(pieces: &[Piece<'_>], engine: Engine, over_rows: bool) -> Option<usize> {
    if engine != Engine::Sqlite || !over_rows {
        return None;
    }
    let first = *solid(pieces).first()?;
    (pieces[first].is("insert") || pieces[first].is("update")).then_some(first)
}

/// What becomes of one piece.
enum Change {
    Keep,
    Drop,
    Write(&'static str),
}

/// The pieces, each changed as asked, with the row's fields for `r.name`.
fn with_fields<'a>(pieces: &[Piece<'a>], starts: &[usize], change: impl Fn(usize) -> Change) -> Vec<Piece<'a>> {
    let mark = pieces.iter().find_map(|piece| match piece {
        Piece::Rows { number, columns, .. } => Some((starts[number - 1], columns.as_slice())),
        _ => None,
    });
    let (first, columns) = mark.unwrap_or_default();
    let field = |rest: &[Piece<'a>]| match rest {
        [row, Piece::Text(Token::Sign(".")), Piece::Text(name), ..] if row.is("r") => number_of(columns, name),
        _ => None,
    };
    let mut out = Vec::with_capacity(pieces.len());
    let mut at = 0;
    while at < pieces.len() {
        if let Some(number) = field(&pieces[at..]) {
            out.push(Piece::Field(first + number));
            at += 3;
            continue;
        }
        match change(at) {
            Change::Keep => out.push(pieces[at].clone()),
            Change::Drop => {}
            Change::Write(text) => out.push(Piece::Text(Token::Sign(text))),
        }
        at += 1;
    }
    out
}

fn number_of(columns: &[(String, Kind)], name: &Token<'_>) -> Option<usize> {
    columns.iter().position(|(known, _)| name.is(known))
}

/// The place of the first `select` that stands in no parentheses, where a blank and nothing like `distinct` follows.
fn outer_select(pieces: &[Piece<'_>]) -> Option<usize> {
    let mut depth = 0;
    for (at, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Text(Token::Sign("(")) => depth += 1,
            Piece::Text(Token::Sign(")")) => depth -= 1,
            _ if depth == 0 && piece.is("select") => {
                let plain = matches!(pieces.get(at + 1), Some(Piece::Text(Token::Blank(_))));
                let chosen = pieces.get(at + 2)?;
                return (plain && !chosen.is("distinct") && !chosen.is("all")).then_some(at);
            }
            _ => {}
        }
    }
    None
}

/// The places of what is not blank.
fn solid(pieces: &[Piece<'_>]) -> Vec<usize> {
    (0..pieces.len())
        .filter(|at| !matches!(pieces[*at], Piece::Text(Token::Blank(_))))
        .collect()
}
