//! What names a transfer: its identity and its code.

/// Identifies a transfer for good; derived by the caller from the transfer's business key, so that a repeat of the same
/// cause is the same transfer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct TransferId(pub [u8; 16]);

impl TransferId {
    /// The id of an entry that follows from the one of this id. Ids are hashes, so another that differs in its last byte
    /// alone does not come about by itself.
    #[must_use]
    pub fn leg(mut self, number: u8) -> Self {
        self.0[15] ^= number;
        self
    }

    /// The id of the debt that comes of an order where there was something to take as well.
    #[must_use]
    pub fn debt(self) -> Self {
        self.leg(1)
    }

    /// The id of what of an inflow pays a debt down.
    #[must_use]
    pub fn repayment(self) -> Self {
        self.leg(Self::REPAYMENT_LEG)
    }

    /// The last of the legs that have a meaning of their own; the others count up behind it.
    pub(crate) const REPAYMENT_LEG: u8 = 2;
}

/// Why value moved.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TransferCode {
    /// Credits bought and paid for.
    Grant,
    /// Credits used.
    Spend,
    /// Credits given by an operator.
    Add,
    /// Credits taken back by an operator.
    Remove,
    /// Credits set aside for a use that is not certain yet.
    Hold,
    /// Held credits used.
    Capture,
    /// Held credits given free again.
    Release,
    /// Credits whose time was over.
    Expire,
    /// Credits taken back because their payment was.
    ClawBack,
    /// Credits that are owed no longer, or given anew, because their payment came back.
    Reinstate,
    /// Credits back in the lots they were taken out of, because their payment came back.
    ClawBackReversal,
    /// A debt paid down by what came in.
    Repay,
    /// Credits moved between two wallets of one user.
    Move,
    /// Money a customer paid.
    Collect,
    /// Money given back to a customer, or taken by a dispute.
    Refund,
    /// Money of a refund or dispute that came back.
    RefundReversal,
    /// Money of a sale that another than the platform earned.
    Earn,
    /// Money that is earned by nobody else after all, because the sale was given back.
    EarnReversal,
    /// Money transferred to who earned it.
    PayOut,
    /// Transferred money that was taken back.
    PayOutReversal,
}

impl TransferCode {
    /// All codes, with the words they are stored and shown under.
    const WORDS: [(Self, &'static str); 20] = [
        (Self::Grant, "grant"),
        (Self::Spend, "spend"),
        (Self::Add, "add"),
        (Self::Remove, "remove"),
        (Self::Hold, "hold"),
        (Self::Capture, "capture"),
        (Self::Release, "release"),
        (Self::Expire, "expire"),
        (Self::ClawBack, "claw_back"),
        (Self::Reinstate, "reinstate"),
        (Self::ClawBackReversal, "claw_back_reversal"),
        (Self::Repay, "repay"),
        (Self::Move, "move"),
        (Self::Collect, "collect"),
        (Self::Refund, "refund"),
        (Self::RefundReversal, "refund_reversal"),
        (Self::Earn, "earn"),
        (Self::EarnReversal, "earn_reversal"),
        (Self::PayOut, "pay_out"),
        (Self::PayOutReversal, "pay_out_reversal"),
    ];

    /// Whether it is a use of a wallet, which a frozen one refuses.
    pub fn is_use(self) -> bool {
        matches!(self, Self::Spend | Self::Hold | Self::Move)
    }

    /// Whether it uses credits up, or may come to that.
    pub(crate) fn uses_up(self) -> bool {
        matches!(self, Self::Spend | Self::Hold)
    }

    /// Whether it gives back what a claw-back took.
    pub fn gives_back(self) -> bool {
        matches!(self, Self::Reinstate | Self::ClawBackReversal)
    }

    /// Every code.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::WORDS.iter().map(|(code, _)| *code)
    }

    /// Whether it moves credits; the others move money.
    pub fn moves_credits(self) -> bool {
        !matches!(
            self,
            Self::Collect
                | Self::Refund
                | Self::RefundReversal
                | Self::Earn
                | Self::EarnReversal
                | Self::PayOut
                | Self::PayOutReversal
        )
    }

    /// The word it is stored and shown under.
    pub fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(code, _)| *code == self)
            .map_or("", |(_, word)| word)
    }

    /// The code of a stored word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::WORDS
            .iter()
            .find(|(_, known)| *known == word)
            .map(|(code, _)| *code)
    }
}
