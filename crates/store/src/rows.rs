//! Many rows as one parameter, for `rows($n: …)`.
//!
//! Rows are written on the hot path, thousands a second with a kilobyte each, so all texts and bytes of a set lie behind one
//! another in one buffer: adding a field copies its bytes and allocates nothing of its own.

use std::ops::Range;

/// One field to be added to [`Rows`], borrowed from wherever it lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field<'a> {
    /// No value.
    Null,
    /// A `bigint`, a boolean as 0 or 1, or a time in microseconds UTC.
    Int(i64),
    /// A `text`.
    Text(&'a str),
    /// A `bytea`.
    Blob(&'a [u8]),
}

impl From<i64> for Field<'_> {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<bool> for Field<'_> {
    fn from(value: bool) -> Self {
        Self::Int(value.into())
    }
}

impl<'a> From<&'a str> for Field<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(value)
    }
}

impl<'a> From<&'a String> for Field<'a> {
    fn from(value: &'a String) -> Self {
        Self::Text(value)
    }
}

impl<'a> From<&'a [u8]> for Field<'a> {
    fn from(value: &'a [u8]) -> Self {
        Self::Blob(value)
    }
}

impl<'a> From<&'a Vec<u8>> for Field<'a> {
    fn from(value: &'a Vec<u8>) -> Self {
        Self::Blob(value)
    }
}

impl<'a, T: Into<Field<'a>>> From<Option<T>> for Field<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Cell {
    Null,
    Int(i64),
    Text(Range<usize>),
    Blob(Range<usize>),
}

/// The rows of one `rows($n: …)` parameter, in the order in which they were pushed.
///
/// ```
/// use store::Rows;
/// let people = [("ann", 3_i64, Some(&b"x"[..])), ("bob", 4, None)];
/// let rows = Rows::of(people.iter().map(|(name, age, photo)| [(*name).into(), (*age).into(), (*photo).into()]));
/// assert_eq!(rows.len(), 2);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    width: usize,
    ragged: bool,
    cells: Vec<Cell>,
    bytes: Vec<u8>,
}

impl Rows {
    /// No rows yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// All the rows of an iterator; the fields are in the order of the mark's columns.
    pub fn of<'a, const WIDTH: usize>(rows: impl IntoIterator<Item = [Field<'a>; WIDTH]>) -> Self {
        let rows = rows.into_iter();
        let mut set = Self::new();
        set.cells.reserve(rows.size_hint().0.saturating_mul(WIDTH));
        for row in rows {
            set.push(row);
        }
        set
    }

    /// Adds one row. A row of another width than the first is refused when the set is used in a statement.
    pub fn push<const WIDTH: usize>(&mut self, row: [Field<'_>; WIDTH]) {
        if self.cells.is_empty() {
            self.width = WIDTH;
        }
        self.ragged |= self.width != WIDTH || WIDTH == 0;
        for field in row {
            let cell = match field {
                Field::Null => Cell::Null,
                Field::Int(value) => Cell::Int(value),
                Field::Text(text) => Cell::Text(self.append(text.as_bytes())),
                Field::Blob(bytes) => Cell::Blob(self.append(bytes)),
            };
            self.cells.push(cell);
        }
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.cells.len().checked_div(self.width).unwrap_or(0)
    }

    /// Whether there is no row; a statement over no rows is not run at all.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty() && !self.ragged
    }

    /// The number of columns, unless the rows differ in it.
    pub(crate) fn width(&self) -> Option<usize> {
        (!self.ragged).then_some(self.width)
    }

    pub(crate) fn field(&self, row: usize, column: usize) -> Field<'_> {
        match &self.cells[row * self.width + column] {
            Cell::Null => Field::Null,
            Cell::Int(value) => Field::Int(*value),
            Cell::Text(range) => Field::Text(
                std::str::from_utf8(&self.bytes[range.clone()]).expect("a text range covers one whole pushed &str"),
            ),
            Cell::Blob(range) => Field::Blob(&self.bytes[range.clone()]),
        }
    }

    fn append(&mut self, bytes: &[u8]) -> Range<usize> {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        start..self.bytes.len()
    }
}
