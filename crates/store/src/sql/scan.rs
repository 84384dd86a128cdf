//! Cuts SQL into the pieces the rewriting needs: words, parameters, single characters, and stretches that are left alone.

use crate::{Error, Result};

/// One piece of SQL text. The pieces, joined, are the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// A name or a keyword.
    Word(&'a str),
    /// A number; kept apart so that a letter in it does not look like a word.
    Number(&'a str),
    /// `$n`.
    Parameter(usize),
    /// White space, or a comment.
    Blank(&'a str),
    /// A literal or a quoted name.
    Quoted(&'a str),
    /// Any other single character.
    Sign(&'a str),
}

impl Token<'_> {
    /// Whether this is the given keyword, in any case.
    pub(crate) fn is(&self, word: &str) -> bool {
        matches!(self, Token::Word(text) if text.eq_ignore_ascii_case(word))
    }
}

/// Cuts a text into tokens, or says where it is not closed.
pub(crate) fn scan(sql: &str) -> Result<Vec<Token<'_>>> {
    let mut tokens = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let (token, length) = next(rest, first).map_err(|what| Error::Engine(format!("{what} in: {sql}")))?;
        tokens.push(token);
        rest = &rest[length..];
    }
    Ok(tokens)
}

fn next(rest: &str, first: char) -> std::result::Result<(Token<'_>, usize), &'static str> {
    let until = |stop: fn(char) -> bool| rest.find(stop).unwrap_or(rest.len());
    Ok(match first {
        '\'' => quoted(rest, '\'').ok_or("a literal is not closed")?,
        '"' => quoted(rest, '"').ok_or("a quoted name is not closed")?,
        '-' if rest.starts_with("--") => {
            let length = until(|c| c == '\n');
            (Token::Blank(&rest[..length]), length)
        }
        '/' if rest.starts_with("/*") => {
            let end = rest.find("*/").ok_or("a comment is not closed")?;
            if rest[2..end].contains("/*") {
                return Err("comments are nested, which the engines read differently,");
            }
            (Token::Blank(&rest[..end + 2]), end + 2)
        }
        '$' => {
            let digits = rest[1..].find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len() - 1);
            let number = rest[1..=digits].parse().ok().filter(|n| (1..=999).contains(n));
            (
                Token::Parameter(number.ok_or("a `$` is not followed by a parameter number from 1 to 999")?),
                digits + 1,
            )
        }
        c if c.is_whitespace() => {
            let length = until(|c| !c.is_whitespace());
            (Token::Blank(&rest[..length]), length)
        }
        c if c.is_ascii_digit() => {
            let length = until(|c| !c.is_alphanumeric() && c != '.' && c != '_');
            (Token::Number(&rest[..length]), length)
        }
        c if is_word(c) => {
            let length = until(|c| !is_word(c));
            (Token::Word(&rest[..length]), length)
        }
        c => (Token::Sign(&rest[..c.len_utf8()]), c.len_utf8()),
    })
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// A stretch between two quotes, a doubled quote inside it standing for itself.
fn quoted(rest: &str, quote: char) -> Option<(Token<'_>, usize)> {
    let mut from = 1;
    loop {
        let end = from + rest[from..].find(quote)? + 1;
        if !rest[end..].starts_with(quote) {
            return Some((Token::Quoted(&rest[..end]), end));
        }
        from = end + 1;
    }
}
