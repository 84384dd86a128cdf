//! Values as they go into and come out of a statement.
//!
//! Four kinds are enough on both engines: null, 64-bit integer, text, bytes. A boolean is an integer 0 or 1, a time is integer
//! microseconds UTC. Getters never guess: a column of another kind is [`Error::Corrupt`].

use crate::{Error, Result, Rows};

/// One parameter of a statement.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// No value.
    Null,
    /// A `bigint`, a boolean as 0 or 1, or a time in microseconds UTC.
    Int(i64),
    /// A `text`.
    Text(String),
    /// A `bytea`.
    Blob(Vec<u8>),
    /// The rows of a `rows($n: …)` mark.
    Rows(Rows),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Int(value.into())
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<&String> for Value {
    fn from(value: &String) -> Self {
        Self::Text(value.clone())
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Self::Blob(value)
    }
}

impl From<&[u8]> for Value {
    fn from(value: &[u8]) -> Self {
        Self::Blob(value.to_vec())
    }
}

impl From<Rows> for Value {
    fn from(value: Rows) -> Self {
        Self::Rows(value)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// One column of one row that came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    Null,
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
}

impl Column {
    fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Int(_) => "bigint",
            Self::Text(_) => "text",
            Self::Blob(_) => "bytea",
        }
    }
}

/// One row that came back, read by column index, counted from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    columns: Vec<Column>,
}

impl Row {
    pub(crate) fn new(columns: Vec<Column>) -> Self {
        Self { columns }
    }

    /// A row of nothing, to be filled.
    pub(crate) fn empty(width: usize) -> Self {
        Self::new(vec![Column::Null; width])
    }

    pub(crate) fn columns_mut(&mut self) -> &mut [Column] {
        &mut self.columns
    }

    /// The number of columns.
    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// An integer that must be there.
    pub fn int(&self, index: usize) -> Result<i64> {
        self.opt_int(index)?.ok_or_else(|| self.wrong(index, "bigint"))
    }

    /// A boolean that must be there, stored as 0 or 1.
    pub fn flag(&self, index: usize) -> Result<bool> {
        match self.int(index)? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(Error::Corrupt(format!(
                "column {index} holds {other} where 0 or 1 is expected"
            ))),
        }
    }

    /// A text that must be there.
    pub fn text(&self, index: usize) -> Result<String> {
        self.text_ref(index).map(str::to_owned)
    }

    /// A text that must be there, borrowed from the row.
    pub fn text_ref(&self, index: usize) -> Result<&str> {
        match self.columns.get(index) {
            Some(Column::Text(text)) => Ok(text),
            _ => Err(self.wrong(index, "text")),
        }
    }

    /// Bytes that must be there.
    pub fn blob(&self, index: usize) -> Result<Vec<u8>> {
        self.blob_ref(index).map(<[u8]>::to_vec)
    }

    /// Bytes that must be there, borrowed from the row.
    pub fn blob_ref(&self, index: usize) -> Result<&[u8]> {
        match self.columns.get(index) {
            Some(Column::Blob(bytes)) => Ok(bytes),
            _ => Err(self.wrong(index, "bytea")),
        }
    }

    /// An integer, or none.
    pub fn opt_int(&self, index: usize) -> Result<Option<i64>> {
        match self.columns.get(index) {
            Some(Column::Null) => Ok(None),
            Some(Column::Int(value)) => Ok(Some(*value)),
            _ => Err(self.wrong(index, "bigint")),
        }
    }

    /// A text, or none.
    pub fn opt_text(&self, index: usize) -> Result<Option<String>> {
        match self.columns.get(index) {
            Some(Column::Null) => Ok(None),
            _ => self.text(index).map(Some),
        }
    }

    /// A text, or none, borrowed from the row.
    pub fn opt_text_ref(&self, index: usize) -> Result<Option<&str>> {
        match self.columns.get(index) {
            Some(Column::Null) => Ok(None),
            _ => self.text_ref(index).map(Some),
        }
    }

    /// Bytes, or none, borrowed from the row.
    pub fn opt_blob_ref(&self, index: usize) -> Result<Option<&[u8]>> {
        match self.columns.get(index) {
            Some(Column::Null) => Ok(None),
            _ => self.blob_ref(index).map(Some),
        }
    }

    /// Bytes, or none.
    pub fn opt_blob(&self, index: usize) -> Result<Option<Vec<u8>>> {
        match self.columns.get(index) {
            Some(Column::Null) => Ok(None),
            _ => self.blob(index).map(Some),
        }
    }

    fn wrong(&self, index: usize, wanted: &str) -> Error {
        match self.columns.get(index) {
            Some(column) => Error::Corrupt(format!(
                "column {index} holds {} where {wanted} is expected",
                column.kind()
            )),
            None => Error::Engine(format!(
                "column {index} is asked for and the row has {}",
                self.columns.len()
            )),
        }
    }
}
