//! The CPU time of a process, which carries over between machines better than a rate does.

use std::fs;

use anyhow::{Context as _, Result};

/// Ticks per second in `/proc`: part of Linux's interface to programs, whatever the kernel itself counts in.
const TICKS_PER_SECOND: f64 = 100.0;

/// The CPU seconds that a process has used so far, in its own code and in the kernel for it.
pub(super) fn cpu_seconds(pid: u32) -> Result<f64> {
    let path = format!("/proc/{pid}/stat");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
    parse(&text).with_context(|| format!("cannot understand {path}"))
}

/// User and system time are the twelfth and thirteenth fields after the name, which may itself hold spaces and brackets.
pub(super) fn parse(stat: &str) -> Option<f64> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_ascii_whitespace().skip(11);
    let user: u32 = fields.next()?.parse().ok()?;
    let system: u32 = fields.next()?.parse().ok()?;
    Some((f64::from(user) + f64::from(system)) / TICKS_PER_SECOND)
}
