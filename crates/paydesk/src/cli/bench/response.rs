//! Just enough of HTTP/1.1 to know when an answer ends: a status, a length, and whether the connection stays open.

/// The longest head that is taken, in bytes.
const HEAD_BYTES_MAX: usize = 16 * 1024;

/// What is known of an answer so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parsed {
    /// More bytes are needed.
    Partial,
    /// The head is whole.
    Head(Head),
}

/// The head of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    /// The status.
    pub(super) status: u16,
    /// Where the body begins.
    pub(super) body_at: usize,
    /// How long it is, in bytes.
    pub(super) body_bytes: usize,
    /// Whether the server closes the connection after it.
    pub(super) closes: bool,
}

/// An answer that this client cannot take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unreadable {
    #[error("the answer is not HTTP/1.1")]
    NotHttp,
    #[error("the head of the answer is too long")]
    HeadTooLong,
    #[error("the answer is sent in chunks; this client only takes one with a content-length")]
    Chunked,
    #[error("the answer has no content-length")]
    NoLength,
}

/// Reads the head at the beginning of `bytes`, if it is all there.
pub(super) fn parse(bytes: &[u8]) -> Result<Parsed, Unreadable> {
    let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
        if bytes.len() > HEAD_BYTES_MAX {
            return Err(Unreadable::HeadTooLong);
        }
        let expected = b"HTTP/1.1 ";
        let known = bytes.len().min(expected.len());
        return if bytes[..known] == expected[..known] {
            Ok(Parsed::Partial)
        } else {
            Err(Unreadable::NotHttp)
        };
    };
    let mut lines = bytes[..end].split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let status = lines.next().and_then(status).ok_or(Unreadable::NotHttp)?;
    let mut body_bytes = None;
    let mut closes = false;
    for line in lines {
        let colon = line.iter().position(|byte| *byte == b':').ok_or(Unreadable::NotHttp)?;
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if name.eq_ignore_ascii_case(b"content-length") {
            body_bytes = std::str::from_utf8(value).ok().and_then(|text| text.parse().ok());
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            return Err(Unreadable::Chunked);
        } else if name.eq_ignore_ascii_case(b"connection") {
            closes = value.eq_ignore_ascii_case(b"close");
        }
    }
    // These never have a body, whatever else they say.
    if matches!(status, 204 | 304) {
        body_bytes = Some(0);
    }
    let body_bytes = body_bytes.ok_or(Unreadable::NoLength)?;
    Ok(Parsed::Head(Head {
        status,
        body_at: end + 4,
        body_bytes,
        closes,
    }))
}

fn status(line: &[u8]) -> Option<u16> {
    let code = line.strip_prefix(b"HTTP/1.1 ")?.get(..3)?;
    std::str::from_utf8(code).ok()?.parse().ok()
}
