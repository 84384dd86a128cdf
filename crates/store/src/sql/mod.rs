//! One SQL text, two engines.
//!
//! Statements are written in the subset that both engines run. Three marks are rewritten, once per statement and connection:
//! `$n`, `for update [skip locked]`, and `rows($n: id text, amount bigint)`. What stands in literals, quoted names and comments
//! is left alone. Malformed marks are an [`Error::Engine`](crate::Error::Engine) when the statement is first used, never a panic.
//! The schema's own text goes through [`ddl`] instead. Nothing here talks to a database.

pub(crate) mod ddl;
mod one_row;
mod plan;
mod scan;
#[cfg(test)]
mod tests;

pub(crate) use plan::{Engine, Parameter, Plan, refuse_zero_byte};
pub(crate) use scan::{Token, scan};

use std::{collections::HashMap, rc::Rc};

use crate::Result;

/// The rewritten statements of one connection.
///
/// A statement is known by the address of its text, which is static and so never holds another text; hashing a few hundred bytes
/// for every statement would cost more than the look-up.
#[derive(Default)]
pub(crate) struct Plans {
    plans: HashMap<(usize, usize), Rc<Plan>>,
}

impl Plans {
    pub(crate) fn get(&mut self, sql: &'static str, engine: Engine) -> Result<Rc<Plan>> {
        let key = address(sql);
        if let Some(plan) = self.plans.get(&key) {
            return Ok(Rc::clone(plan));
        }
        let plan = Rc::new(Plan::of(sql, engine)?);
        self.plans.insert(key, Rc::clone(&plan));
        Ok(plan)
    }
}

/// What a static statement is known by.
pub(crate) fn address(sql: &'static str) -> (usize, usize) {
    (sql.as_ptr().addr(), sql.len())
}
