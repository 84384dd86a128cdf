//! The bytes of an event as they are kept: compressed against a dictionary of what Stripe's events have in common.
//!
//! The first byte names the form, so that the dictionary can be replaced without rewriting what is stored: a form,
//! once released, is read for ever.

use lz4_flex::block::{compress_prepend_size_with_dict, decompress_size_prepended_with_dict};
use store::{Error, Result};

/// LZ4 against the first dictionary.
const LZ4_DICTIONARY_1: u8 = 1;
/// As received, where compression did not make it smaller.
const RAW: u8 = 0;
/// What events have in common: field names and values that nearly every event carries.
const DICTIONARY_1: &[u8] = include_bytes!("payload.dictionary.1");
/// More than any body that the server accepts; a longer claim means a damaged row.
const BYTES_MAX: u32 = 16 << 20;

/// The bytes to keep.
pub(super) fn pack(body: &[u8]) -> Vec<u8> {
    let packed = compress_prepend_size_with_dict(body, DICTIONARY_1);
    let (form, bytes) = if packed.len() < body.len() {
        (LZ4_DICTIONARY_1, packed.as_slice())
    } else {
        (RAW, body)
    };
    let mut kept = Vec::with_capacity(1 + bytes.len());
    kept.push(form);
    kept.extend_from_slice(bytes);
    kept
}

/// The bytes as received.
pub(super) fn unpack(kept: &[u8]) -> Result<Vec<u8>> {
    let damaged = |what: &str| Error::Corrupt(format!("event payload: {what}"));
    match kept.split_first() {
        Some((&RAW, body)) => Ok(body.to_vec()),
        Some((&LZ4_DICTIONARY_1, packed)) => {
            let claimed = packed.first_chunk().map(|size| u32::from_le_bytes(*size));
            if claimed.is_none_or(|size| size > BYTES_MAX) {
                return Err(damaged("its length is damaged"));
            }
            decompress_size_prepended_with_dict(packed, DICTIONARY_1).map_err(|error| damaged(&error.to_string()))
        }
        _ => Err(damaged("its form is unknown")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_kept_reads_back_as_received(body in prop::collection::vec(any::<u8>(), 0..5_000)) {
            prop_assert_eq!(unpack(&pack(&body)).unwrap(), body);
        }

        #[test]
        fn text_reads_back_as_received(body in "[a-z\": \n]{0,3000}") {
            prop_assert_eq!(unpack(&pack(body.as_bytes())).unwrap(), body.into_bytes());
        }

        #[test]
        fn damaged_bytes_are_an_error_and_never_a_panic(kept in prop::collection::vec(any::<u8>(), 0..200)) {
            let _either = unpack(&kept);
        }
    }
}
