//! Values on the server's wire, in its binary form.

use bytes::{BufMut, BytesMut};
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use crate::value::Column;
use crate::{Field, Rows, Value};

type WireError = Box<dyn std::error::Error + Sync + Send>;

/// One parameter as the server counts them.
#[derive(Debug)]
pub(super) enum Physical<'a> {
    Scalar(&'a Value),
    /// One column of a set of rows, sent as an array.
    Column {
        rows: &'a Rows,
        column: usize,
    },
}

impl ToSql for Physical<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, WireError> {
        match self {
            Self::Scalar(Value::Null) => Ok(IsNull::Yes),
            Self::Scalar(Value::Int(value)) => scalar(Field::Int(*value), kind, out),
            Self::Scalar(Value::Text(text)) => scalar(Field::Text(text), kind, out),
            Self::Scalar(Value::Blob(bytes)) => scalar(Field::Blob(bytes), kind, out),
            Self::Scalar(Value::Rows(_)) => Err("rows are given for a single parameter".into()),
            Self::Column { rows, column } => array(rows, *column, kind, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

fn scalar(field: Field<'_>, kind: &Type, out: &mut BytesMut) -> Result<IsNull, WireError> {
    match field {
        Field::Null => return Ok(IsNull::Yes),
        Field::Int(value) if *kind == Type::INT8 => out.put_i64(value),
        Field::Int(value) if *kind == Type::INT4 => out.put_i32(i32::try_from(value)?),
        Field::Int(value) if *kind == Type::BOOL => out.put_u8(u8::from(value != 0)),
        Field::Text(text) if is_text(kind) => out.put_slice(text.as_bytes()),
        Field::Blob(bytes) if *kind == Type::BYTEA => out.put_slice(bytes),
        Field::Int(_) => return Err(format!("a bigint is given where {kind} is expected").into()),
        Field::Text(_) => return Err(format!("a text is given where {kind} is expected").into()),
        Field::Blob(_) => return Err(format!("a bytea is given where {kind} is expected").into()),
    }
    Ok(IsNull::No)
}

fn is_text(kind: &Type) -> bool {
    [Type::TEXT, Type::VARCHAR, Type::NAME, Type::BPCHAR, Type::UNKNOWN].contains(kind)
}

/// The binary form of a one-dimensional array: dimensions, whether nulls occur, type, length, lower bound, then the elements.
fn array(rows: &Rows, column: usize, kind: &Type, out: &mut BytesMut) -> Result<IsNull, WireError> {
    let tokio_postgres::types::Kind::Array(element) = kind.kind() else {
        return Err(format!("rows are given where {kind} is expected").into());
    };
    let nulls = (0..rows.len()).any(|row| rows.field(row, column) == Field::Null);
    out.put_i32(1);
    out.put_i32(nulls.into());
    out.put_u32(element.oid());
    out.put_i32(i32::try_from(rows.len())?);
    out.put_i32(1);
    for row in 0..rows.len() {
        let length_at = out.len();
        out.put_i32(-1);
        if let IsNull::No = scalar(rows.field(row, column), element, out)? {
            let length = i32::try_from(out.len() - length_at - 4)?;
            out[length_at..length_at + 4].copy_from_slice(&length.to_be_bytes());
        }
    }
    Ok(IsNull::No)
}

impl<'a> FromSql<'a> for Column {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, WireError> {
        Ok(match *kind {
            Type::INT8 => Self::Int(i64::from_sql(kind, raw)?),
            Type::INT4 => Self::Int(i32::from_sql(kind, raw)?.into()),
            Type::BOOL => Self::Int(bool::from_sql(kind, raw)?.into()),
            Type::BYTEA => Self::Blob(raw.to_vec()),
            _ if is_text(kind) => Self::Text(std::str::from_utf8(raw)?.to_owned()),
            _ => return Err(format!("a column is of type {kind}; cast it to bigint, text or bytea").into()),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, WireError> {
        Ok(Self::Null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
