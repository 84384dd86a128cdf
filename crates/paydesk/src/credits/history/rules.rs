//! Which transfers a history is asked for, what each is called, and how a table keeps its cells from being read as formulas.
//! Pure.

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

/// The codes of a list of words, separated by commas; a refusal names the word. Codes that only ever move money are none of
/// a wallet's.
pub fn read_codes(text: &str) -> Result<Vec<TransferCode>, String> {
    let known = || TransferCode::all().filter(|code| code.moves_credits());
    let code = |word: &str| {
        known().find(|code| code.word() == word).ok_or_else(|| {
            let words: Vec<&str> = known().map(TransferCode::word).collect();
            format!("No wallet has the code {word:?}; choose from {}.", words.join(", "))
        })
    };
    text.split(',').map(code).collect()
}

/// Which of an owner's accounts a transfer is told of, where its code does not say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Towards {
    /// It came into the wallet.
    Here,
    /// It left the wallet, or there is but one way.
    There,
    /// It became a debt, or was one no longer.
    Debt,
}

/// A transfer in plain words. `key_id` is that of the wallet on the other side of a move; none for the user's own.
pub fn what(code: TransferCode, towards: Towards, key_id: Option<&str>) -> String {
    let words = match code {
        TransferCode::Grant => "Bought and paid for",
        TransferCode::Spend => "Used",
        TransferCode::Add => "Given",
        TransferCode::Remove => "Taken back",
        TransferCode::Hold => "Set aside by a hold",
        TransferCode::Capture => "Used out of a hold",
        TransferCode::Release => "Given back by a hold",
        TransferCode::Expire => "Ended before they were used",
        TransferCode::ClawBack if towards == Towards::Debt => {
            "Owed: the money went back, and the credits it had bought were gone"
        }
        TransferCode::ClawBack => "Taken back with the money that was paid for them",
        TransferCode::Reinstate if towards == Towards::Debt => {
            "No longer owed, because the refund or dispute came to nothing"
        }
        TransferCode::Reinstate => "Given anew, because the refund or dispute came to nothing",
        TransferCode::ClawBackReversal => "Given back, because the refund or dispute came to nothing",
        TransferCode::Repay => "Paid down what was owed",
        TransferCode::Move => {
            let way = if towards == Towards::Here { "from" } else { "to" };
            return key_id.map_or(format!("Moved {way} the user's own wallet"), |key| {
                format!("Moved {way} the wallet of the key {key}")
            });
        }
        TransferCode::Collect => "Money that was paid",
        TransferCode::Refund => "Money that went back to the buyer",
        TransferCode::RefundReversal => "Money that came back from the buyer",
        TransferCode::Earn => "Money of a sale that another earned",
        TransferCode::EarnReversal => "Money that another earned, given back with the sale",
        TransferCode::PayOut => "Money transferred to who earned it",
        TransferCode::PayOutReversal => "Transferred money that was taken back",
    };
    words.to_owned()
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
        for wrong in ["", "spend,", "Spend", "spend, add", "collect", "refund"] {
            assert!(read_codes(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_code_has_words_of_its_own() {
        let words: std::collections::BTreeSet<String> = TransferCode::all()
            .map(|code| what(code, Towards::There, None))
            .collect();
        assert_eq!(words.len(), TransferCode::all().count());
        for (towards, key_id, words) in [
            (Towards::Here, None, "Moved from the user's own wallet"),
            (Towards::Here, Some("ci"), "Moved from the wallet of the key ci"),
            (Towards::There, Some("ci"), "Moved to the wallet of the key ci"),
        ] {
            assert_eq!(what(TransferCode::Move, towards, key_id), words);
        }
    }
}
