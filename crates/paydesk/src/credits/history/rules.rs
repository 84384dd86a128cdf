//! Which transfers a history is asked for, and how a table keeps its cells from being read as formulas. Pure.

use ledger::TransferCode;

/// Clocks of two nodes are never further apart than this, so nothing older stands behind what is older by more.
const CLOCKS_APART_US: i64 = 86_400_000_000;

/// Which transfers of a wallet are wanted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Filter {
    /// Only those of these codes; all where there is none.
    pub codes: Vec<TransferCode>,
    /// Only those at this time or later, microseconds.
    pub from_us: i64,
    /// Only those before this time, microseconds.
    pub until_us: i64,
}

impl Default for Filter {
    fn default() -> Self {
        Self {
            codes: Vec::new(),
            from_us: i64::MIN,
            until_us: i64::MAX,
        }
    }
}

impl Filter {
    /// Whether every transfer is wanted.
    pub fn is_everything(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a transfer is wanted.
    pub fn takes(&self, code: TransferCode, posted_at_us: i64) -> bool {
        let coded = self.codes.is_empty() || self.codes.contains(&code);
        coded && (self.from_us..self.until_us).contains(&posted_at_us)
    }

    /// Whether nothing that is wanted can stand before a transfer of this time.
    pub fn is_past(&self, posted_at_us: i64) -> bool {
        posted_at_us < self.from_us.saturating_sub(CLOCKS_APART_US)
    }
}

/// The codes of a list of words, separated by commas; a refusal names the word.
pub fn read_codes(text: &str) -> Result<Vec<TransferCode>, String> {
    let code = |word: &str| {
        TransferCode::of_word(word).ok_or_else(|| {
            let known: Vec<&str> = TransferCode::words().collect();
            format!("There is no code {word:?}; choose from {}.", known.join(", "))
        })
    };
    text.split(',').map(code).collect()
}

/// A cell that no spreadsheet takes for a formula. Numbers stay as they are.
pub fn cell(text: &str) -> String {
    let risky = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let number = text.strip_prefix('-').unwrap_or(text);
    let plain = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    if risky && !plain {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for (text, shown) in [
            ("", ""),
            ("-5", "-5"),
            ("12", "12"),
            ("a=b", "a=b"),
            ("=1+1", "'=1+1"),
            ("+5", "'+5"),
            ("-", "'-"),
            ("-5+cmd", "'-5+cmd"),
            ("--5", "'--5"),
            ("@sum", "'@sum"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
        ] {
            assert_eq!(cell(text), shown);
        }
    }

    #[test]
    fn codes_are_read_by_their_words() {
        assert_eq!(
            read_codes("spend,add"),
            Ok(vec![TransferCode::Spend, TransferCode::Add])
        );
        for wrong in ["", "spend,", "Spend", "spend, add"] {
            assert!(read_codes(wrong).is_err(), "{wrong}");
        }
    }
}
