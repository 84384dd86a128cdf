//! Whose turn it is in a batch: the first command of an action is worked on, a repeat within the batch is told what the
//! first was, and what was answered before is answered again.

use std::collections::HashMap;

use super::{Action, Reply};

/// What becomes of each command of a batch.
pub struct Turns {
    /// The replies to what was answered before, by action.
    kept: HashMap<[u8; 16], Reply>,
    /// The place of each action among those that are worked on, and of its first command in the batch.
    first: HashMap<[u8; 16], (usize, usize)>,
}

impl Turns {
    /// Sorts the actions of a batch. Gives with it the places of the commands that are worked on, in order.
    pub fn of(actions: &[&Action], kept: HashMap<[u8; 16], Reply>) -> (Self, Vec<usize>) {
        let mut first = HashMap::with_capacity(actions.len());
        let mut work = Vec::with_capacity(actions.len());
        for (at, action) in actions.iter().enumerate() {
            if !kept.contains_key(&action.id) && !first.contains_key(&action.id) {
                first.insert(action.id, (work.len(), at));
                work.push(at);
            }
        }
        (Self { kept, first }, work)
    }

    /// What every command of the batch is told, from the replies to those that were worked on.
    pub fn tell(&self, actions: &[&Action], replies: &[Reply]) -> Vec<Reply> {
        let tell = |(at, action): (usize, &&Action)| match self.first.get(&action.id) {
            Some(&(_, first)) if actions[first] != *action => Reply::KeyReused,
            Some(&(worked, first)) if first != at => replies[worked].clone().replayed(),
            Some(&(worked, _)) => replies[worked].clone(),
            None => self.kept.get(&action.id).cloned().unwrap_or(Reply::KeyReused),
        };
        actions.iter().enumerate().map(tell).collect()
    }
}
