//! SPDX licence expressions: `AND`, `OR`, `WITH`, parentheses, and the old `/` for `OR`. Decides; reads nothing.

use anyhow::{Result, bail};

/// Whether a work under this expression may be used when only the licences in `allowed` are accepted.
pub(crate) fn is_allowed(expression: &str, allowed: &[String]) -> Result<bool> {
    let words = words(expression);
    let mut rest = words.as_slice();
    let verdict = any_of(&mut rest, allowed)?;
    match rest.first() {
        None => Ok(verdict),
        Some(word) => bail!("licence expression `{expression}`: unexpected `{word}`"),
    }
}

/// `AND` binds closer than `OR`, and both sides are always read so that a broken tail is noticed.
fn any_of(rest: &mut &[String], allowed: &[String]) -> Result<bool> {
    let mut verdict = all_of(rest, allowed)?;
    while take(rest, "OR") {
        verdict |= all_of(rest, allowed)?;
    }
    Ok(verdict)
}

fn all_of(rest: &mut &[String], allowed: &[String]) -> Result<bool> {
    let mut verdict = single(rest, allowed)?;
    while take(rest, "AND") {
        verdict &= single(rest, allowed)?;
    }
    Ok(verdict)
}

fn single(rest: &mut &[String], allowed: &[String]) -> Result<bool> {
    if take(rest, "(") {
        let verdict = any_of(rest, allowed)?;
        if !take(rest, ")") {
            bail!("a licence expression lacks its closing parenthesis");
        }
        return Ok(verdict);
    }
    let mut licence = name(rest)?;
    if take(rest, "WITH") {
        licence = format!("{licence} WITH {}", name(rest)?);
    }
    Ok(allowed.contains(&licence))
}

fn name(rest: &mut &[String]) -> Result<String> {
    match rest.split_first() {
        Some((word, tail)) if !["AND", "OR", "WITH", "(", ")"].contains(&word.as_str()) => {
            *rest = tail;
            Ok(word.clone())
        }
        _ => bail!("a licence expression lacks a name"),
    }
}

fn take(rest: &mut &[String], expected: &str) -> bool {
    match rest.split_first() {
        Some((word, tail)) if word == expected => {
            *rest = tail;
            true
        }
        _ => false,
    }
}

fn words(expression: &str) -> Vec<String> {
    expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ")
        .split_whitespace()
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::is_allowed;

    /// Judges against MIT, Apache-2.0 and one exception.
    fn check(expression: &str) -> Option<bool> {
        let allowed = ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned);
        is_allowed(expression, &allowed).ok()
    }

    #[test]
    fn expressions_are_evaluated() {
        for (expression, verdict) in [
            ("MIT", Some(true)),
            ("GPL-3.0", Some(false)),
            ("GPL-3.0 OR MIT", Some(true)),
            ("GPL-3.0/MIT", Some(true)),
            ("MIT AND GPL-3.0", Some(false)),
            ("MIT AND (GPL-3.0 OR Apache-2.0)", Some(true)),
            ("GPL-3.0 OR MIT AND Apache-2.0", Some(true)),
            ("(GPL-3.0 OR MIT) AND GPL-2.0", Some(false)),
            ("Apache-2.0 WITH LLVM-exception", Some(true)),
            ("MIT WITH LLVM-exception", Some(false)),
            ("", None),
            ("MIT OR", None),
            ("(MIT", None),
            ("MIT)", None),
            ("MIT Apache-2.0", None),
        ] {
            assert_eq!(check(expression), verdict, "{expression}");
        }
    }
}
