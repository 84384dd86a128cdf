//! Wallets as they are meant, in the plainest words that say it: lots in an order, and a debt for all of a user's. Nothing
//! here is shared with the ledger.

use std::collections::HashMap;

const NEVER_US: i64 = i64::MAX;

/// A part of a wallet, with its own end and priority.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Lot {
    pub(crate) priority: i64,
    pub(crate) end_us: i64,
    pub(crate) number: i64,
    pub(crate) amount: i64,
    /// The number of the grant whose credits they are, whichever wallets they were moved between.
    pub(crate) of: Option<usize>,
}

impl Lot {
    fn order(&self) -> (i64, i64, i64) {
        (self.priority, self.end_us, self.number)
    }

    fn text(&self, amount: i64) -> String {
        if (self.priority, self.end_us) == (0, NEVER_US) {
            format!("{}:{amount}", self.number)
        } else {
            format!("{}:{amount}:{}:{}", self.number, self.priority, self.end_us)
        }
    }
}

/// What an owner has and owes.
#[derive(Clone, Default, Debug)]
pub(crate) struct Wallet {
    pub(crate) lots: Vec<Lot>,
    pub(crate) owed: i64,
    pub(crate) held: i64,
    made: i64,
}

/// A part of a lot that was taken: for a grant whose money went back, or to pay a debt down.
struct Taken {
    wallet: String,
    lot: Lot,
    grant: Option<String>,
}

/// Credits set aside.
#[derive(Clone, Debug)]
struct Hold {
    wallet: String,
    drawn: Vec<Lot>,
    end_us: i64,
}

impl Wallet {
    pub(crate) fn balance(&self) -> i64 {
        self.lots.iter().map(|lot| lot.amount).sum()
    }

    fn usable(&self, at_us: i64) -> i64 {
        let usable = self.lots.iter().filter(|lot| lot.end_us > at_us);
        usable.map(|lot| lot.amount).sum()
    }

    fn fill(&mut self, amount: i64, priority: i64, end_us: i64, of: Option<usize>) -> String {
        self.made += 1;
        let lot = Lot {
            priority,
            end_us,
            number: self.made,
            amount,
            of,
        };
        self.lots.push(lot);
        self.lots.sort_by_key(Lot::order);
        lot.text(amount)
    }

    /// Takes from one lot, as far as it goes. Gives what was taken.
    fn take(&mut self, number: i64, wanted: i64) -> Option<Lot> {
        let at = self.lots.iter().position(|lot| lot.number == number)?;
        let taken = self.lots[at].amount.min(wanted);
        self.lots[at].amount -= taken;
        let lot = self.lots[at];
        self.lots.retain(|lot| lot.amount > 0);
        (taken > 0).then_some(Lot { amount: taken, ..lot })
    }

    /// Puts back what was drawn; a lot that was used up meanwhile is there again.
    fn put_back(&mut self, part: Lot) {
        match self.lots.iter_mut().find(|lot| lot.number == part.number) {
            Some(lot) => lot.amount += part.amount,
            None => self.lots.push(part),
        }
        self.lots.sort_by_key(Lot::order);
    }

    /// What is there of a grant's credits.
    fn of_grant(&self, of: Option<usize>, at_us: i64) -> i64 {
        let lots = self
            .lots
            .iter()
            .filter(|lot| of.is_some() && lot.of == of && lot.end_us > at_us);
        lots.map(|lot| lot.amount).sum()
    }

    fn draw(&mut self, amount: i64, first: Option<usize>, at_us: i64) -> Vec<Lot> {
        let mut usable: Vec<Lot> = self.lots.iter().filter(|lot| lot.end_us > at_us).copied().collect();
        usable.sort_by_key(|lot| first.is_none() || lot.of != first);
        let order: Vec<i64> = usable.iter().map(|lot| lot.number).collect();
        let mut drawn: Vec<Lot> = Vec::new();
        for number in order {
            let left = amount - drawn.iter().map(|lot| lot.amount).sum::<i64>();
            drawn.extend(self.take(number, left));
        }
        assert_eq!(drawn.iter().map(|lot| lot.amount).sum::<i64>(), amount, "it is covered");
        drawn
    }
}

fn texts(drawn: &[Lot]) -> String {
    let parts: Vec<String> = drawn.iter().map(|lot| lot.text(lot.amount)).collect();
    parts.join(" ")
}

/// What is asked of a wallet, by the keys of accounts.
#[derive(Clone, Debug)]
pub(crate) enum Asked {
    Add {
        to: String,
        amount: i64,
        priority: i64,
        end_us: i64,
    },
    Grant {
        to: String,
        amount: i64,
        name: String,
    },
    Spend {
        from: String,
        amount: i64,
    },
    Remove {
        from: String,
        amount: i64,
    },
    Move {
        from: String,
        to: String,
        amount: i64,
    },
    ClawBack {
        from: String,
        amount: i64,
        grant: String,
    },
    Reinstate {
        to: String,
        amount: i64,
        grant: String,
    },
    Hold {
        from: String,
        amount: i64,
        name: String,
        for_us: i64,
    },
    Capture {
        name: String,
        amount: Option<i64>,
    },
    Release {
        name: String,
    },
}

/// A transfer that must stand in the books.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Entry {
    /// The business key that its id is made of; empty where that is the request's.
    pub(crate) key: String,
    /// Which of the transfers that follow from one: the last byte of its id is changed by this.
    pub(crate) leg: u8,
    pub(crate) debit: String,
    pub(crate) credit: String,
    pub(crate) amount: i64,
    pub(crate) drawn: String,
    pub(crate) filled: String,
}

/// All wallets.
#[derive(Default)]
pub(crate) struct Model {
    pub(crate) wallets: HashMap<String, Wallet>,
    /// The numbers of grants.
    grants: HashMap<String, usize>,
    /// What was taken out of lots and is not back, by the user's own wallet, in the order in which it was taken.
    taken: HashMap<String, Vec<Taken>>,
    /// Those that have not ended.
    holds: HashMap<String, Hold>,
}

impl Model {
    fn wallet(&mut self, key: &str) -> &mut Wallet {
        self.wallets.entry(key.to_owned()).or_default()
    }

    /// Does what is asked. Gives the transfers that it comes to.
    pub(crate) fn apply(&mut self, asked: &Asked, at_us: i64) -> Vec<Entry> {
        match asked {
            Asked::Add {
                to,
                amount,
                priority,
                end_us,
            } => self.inflow("issued", to, *amount, (*priority, *end_us, None), at_us),
            Asked::Grant { to, amount, name } => {
                let number = self.grants.len();
                self.grants.insert(name.clone(), number);
                self.inflow("issued", to, *amount, (0, NEVER_US, Some(number)), at_us)
            }
            Asked::Reinstate { to, amount, grant } => self.undo(to, *amount, grant),
            Asked::Spend { from, amount } => vec![self.outflow(from, "spent", *amount, at_us)],
            Asked::Remove { from, amount } => vec![self.outflow(from, "withdrawn", *amount, at_us)],
            Asked::Move { from, to, amount } => {
                let drawn = self.wallet(from).draw(*amount, None, at_us);
                let wallet = self.wallet(to);
                let made: Vec<String> = drawn
                    .iter()
                    .map(|lot| wallet.fill(lot.amount, lot.priority, lot.end_us, lot.of))
                    .collect();
                let mut entries = vec![entry(0, from, to, *amount, texts(&drawn), made.join(" "))];
                self.repay(to, *amount, at_us, &mut entries);
                entries
            }
            Asked::Hold {
                from,
                amount,
                name,
                for_us,
            } => {
                let drawn = self.wallet(from).draw(*amount, None, at_us);
                self.wallet(from).held += amount;
                let placed = entry(0, from, &held(from), *amount, texts(&drawn), String::new());
                let hold = Hold {
                    wallet: from.clone(),
                    drawn,
                    end_us: at_us + for_us,
                };
                self.holds.insert(name.clone(), hold);
                vec![placed]
            }
            Asked::Capture { name, amount } => self.end_hold(name, *amount, at_us),
            Asked::Release { name } => self.end_hold(name, Some(0), at_us),
            Asked::ClawBack { from, amount, grant } => self.take_back(from, *amount, grant, at_us),
        }
    }

    /// Takes from a wallet, then from those of the user's API keys; the rest is owed.
    fn take_back(&mut self, from: &str, amount: i64, grant: &str, at_us: i64) -> Vec<Entry> {
        let first = self.grants.get(grant).copied();
        let mut beside: Vec<String> = self.wallets.keys().filter(|key| *key != from).cloned().collect();
        beside.retain(|key| own(key) == from);
        beside.sort();
        let wallets: Vec<String> = std::iter::once(from.to_owned()).chain(beside).collect();
        let mut entries: Vec<Entry> = Vec::new();
        let mut left = amount;
        let mut taken = vec![0; wallets.len()];
        // The grant's own credits wherever they are, then any.
        for of_grant in [true, false] {
            for (wallet, taken) in wallets.iter().zip(&mut taken) {
                let wallet = self.wallet(wallet);
                let there = if of_grant {
                    wallet.of_grant(first, at_us)
                } else {
                    wallet.usable(at_us) - *taken
                };
                *taken += there.min(left);
                left -= there.min(left);
            }
        }
        let mut parts: Vec<_> = wallets.into_iter().zip(taken).collect();
        // What of the grant is in wallets is taken first, so these come first.
        parts.sort_by_key(|(wallet, _)| self.wallet(wallet).of_grant(first, at_us) == 0);
        let parts = parts.into_iter().filter(|(_, taken)| *taken > 0);
        for ((wallet, taken), leg) in parts.zip(std::iter::once(0).chain(3..)) {
            let drawn = self.wallet(&wallet).draw(taken, first, at_us);
            let gone = house("clawed_back");
            let taking = entry(leg, &wallet, &gone, taken, texts(&drawn), String::new());
            self.note_taken(from, &wallet, &drawn, Some(grant));
            entries.push(taking);
        }
        if left > 0 {
            self.wallet(from).owed += left;
            let leg = u8::from(!entries.is_empty());
            let (debt, taken) = (debt(from), house("clawed_back"));
            entries.push(entry(leg, &debt, &taken, left, String::new(), String::new()));
        }
        entries
    }

    fn note_taken(&mut self, own: &str, wallet: &str, drawn: &[Lot], grant: Option<&str>) {
        let taken = drawn.iter().map(|lot| Taken {
            wallet: wallet.to_owned(),
            lot: *lot,
            grant: grant.map(str::to_owned),
        });
        self.taken.entry(own.to_owned()).or_default().extend(taken);
    }

    /// Gives back what was taken: what is owed is owed no longer, and whatever else goes into a lot that something was taken
    /// from, for this grant where there is such a one, the last first.
    fn undo(&mut self, to: &str, amount: i64, grant: &str) -> Vec<Entry> {
        let forgiven = self.wallet(to).owed.min(amount);
        self.wallet(to).owed -= forgiven;
        let mut left = amount - forgiven;
        let mut back: Vec<(String, Vec<Lot>)> = Vec::new();
        while left > 0 {
            let taken = self.taken.get_mut(to).expect("so much was taken");
            let own = taken.iter().rposition(|one| one.grant.as_deref() == Some(grant));
            let at = own.unwrap_or(taken.len() - 1);
            let (wallet, lot) = (taken[at].wallet.clone(), taken[at].lot);
            let part = Lot {
                amount: lot.amount.min(left),
                ..lot
            };
            taken[at].lot.amount -= part.amount;
            left -= part.amount;
            taken.retain(|one| one.lot.amount > 0);
            self.wallet(&wallet).put_back(part);
            match back.iter_mut().find(|(known, _)| *known == wallet) {
                None => back.push((wallet, vec![part])),
                Some((_, parts)) => match parts.iter_mut().find(|one| one.number == part.number) {
                    None => parts.push(part),
                    Some(one) => one.amount += part.amount,
                },
            }
        }
        let gone = house("clawed_back");
        let mut entries = Vec::new();
        if forgiven > 0 {
            entries.push(entry(0, &gone, &debt(to), forgiven, String::new(), String::new()));
        }
        for (wallet, parts) in back {
            let amount = parts.iter().map(|part| part.amount).sum();
            entries.push(entry(0, &gone, &wallet, amount, String::new(), texts(&parts)));
        }
        for (entry, leg) in entries.iter_mut().skip(1).zip(3..) {
            entry.leg = leg;
        }
        entries
    }

    /// Gives back a hold whose time is over, if that is what it is.
    pub(crate) fn expire_hold(&mut self, name: &str, at_us: i64) -> Option<Vec<Entry>> {
        let is_over = self.holds.get(name)?.end_us <= at_us;
        is_over.then(|| self.give_back(name, Some(0), at_us))
    }

    fn end_hold(&mut self, name: &str, used: Option<i64>, at_us: i64) -> Vec<Entry> {
        assert!(
            self.holds.get(name).is_some_and(|hold| at_us < hold.end_us),
            "{name} has ended"
        );
        self.give_back(name, used, at_us)
    }

    /// Uses so much of a hold, or all of it; what is left goes back into the lots that it came from.
    fn give_back(&mut self, name: &str, used: Option<i64>, at_us: i64) -> Vec<Entry> {
        let hold = self.holds.remove(name);
        let Hold { wallet, drawn, .. } = hold.unwrap_or_else(|| panic!("{name} has ended"));
        let whole: i64 = drawn.iter().map(|lot| lot.amount).sum();
        let used = used.unwrap_or(whole);
        self.wallet(&wallet).held -= whole;
        let mut entries = Vec::new();
        let keyed = |word: &str, entry| Entry {
            key: format!("{word}:{name}"),
            ..entry
        };
        if used > 0 {
            let spent = entry(0, &held(&wallet), &house("spent"), used, String::new(), String::new());
            entries.push(keyed("capture", spent));
        }
        if used < whole {
            let mut skip = used;
            let parts: Vec<Lot> = drawn
                .into_iter()
                .filter_map(|lot| {
                    let skipped = skip.min(lot.amount);
                    skip -= skipped;
                    let amount = lot.amount - skipped;
                    (amount > 0).then_some(Lot { amount, ..lot })
                })
                .collect();
            for part in &parts {
                self.wallet(&wallet).put_back(*part);
            }
            let rest = whole - used;
            let mut back = vec![entry(0, &held(&wallet), &wallet, rest, String::new(), texts(&parts))];
            self.repay(&wallet, rest, at_us, &mut back);
            entries.extend(back.into_iter().map(|entry| keyed("release", entry)));
        }
        entries
    }

    /// Takes out the first lot that has ended. Gives the transfer that it comes to.
    pub(crate) fn expire(&mut self, from: &str, at_us: i64) -> Entry {
        let wallet = self.wallet(from);
        let ended = wallet.lots.iter().find(|lot| lot.end_us <= at_us).copied();
        let ended = ended.unwrap_or_else(|| panic!("{from}: nothing has ended at {at_us}"));
        wallet.take(ended.number, ended.amount);
        entry(
            0,
            from,
            &house("expired"),
            ended.amount,
            ended.text(ended.amount),
            String::new(),
        )
    }

    fn inflow(
        &mut self,
        from: &str,
        to: &str,
        amount: i64,
        terms: (i64, i64, Option<usize>),
        at_us: i64,
    ) -> Vec<Entry> {
        let made = self.wallet(to).fill(amount, terms.0, terms.1, terms.2);
        let mut entries = vec![entry(0, &house(from), to, amount, String::new(), made)];
        self.repay(to, amount, at_us, &mut entries);
        entries
    }

    fn outflow(&mut self, from: &str, to: &str, amount: i64, at_us: i64) -> Entry {
        let drawn = self.wallet(from).draw(amount, None, at_us);
        entry(0, from, &house(to), amount, texts(&drawn), String::new())
    }

    fn repay(&mut self, to: &str, came_in: i64, at_us: i64, entries: &mut Vec<Entry>) {
        let owner = own(to);
        let amount = self.wallet(&owner).owed.min(came_in).min(self.wallet(to).usable(at_us));
        if amount > 0 {
            self.wallet(&owner).owed -= amount;
            let drawn = self.wallet(to).draw(amount, None, at_us);
            self.note_taken(&owner, to, &drawn, None);
            entries.push(entry(2, to, &debt(&owner), amount, texts(&drawn), String::new()));
        }
    }
}

/// The own wallet of the user whose wallet it is: itself, or the one beside that of an API key.
fn own(wallet: &str) -> String {
    match wallet
        .strip_prefix("credits:key_wallet:")
        .and_then(|rest| rest.split_once(':'))
    {
        Some((_, user)) => format!("credits:wallet:{user}"),
        None => wallet.to_owned(),
    }
}

fn house(word: &str) -> String {
    format!("credits:{word}")
}

/// The account of what the owner of a wallet of their own owes.
pub(crate) fn debt(wallet: &str) -> String {
    wallet.replacen("wallet:", "debt:", 1)
}

/// The account of what the owner of a wallet has set aside.
fn held(wallet: &str) -> String {
    wallet.replacen("wallet:", "held:", 1)
}

fn entry(leg: u8, debit: &str, credit: &str, amount: i64, drawn: String, filled: String) -> Entry {
    Entry {
        key: String::new(),
        leg,
        debit: debit.to_owned(),
        credit: credit.to_owned(),
        amount,
        drawn,
        filled,
    }
}
