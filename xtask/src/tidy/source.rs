//! A Rust file as the rules see it: code with comments and literals blanked out, the literals apart, and which lines are tests.
//!
//! This is a scanner and no parser. Lengths and line breaks are kept, so an offset in the code is an offset in the file.

use super::File;

pub(super) struct Source<'a> {
    pub(super) path: &'a str,
    pub(super) text: &'a str,
    /// The text with every comment and the inside of every literal replaced by blanks.
    pub(super) code: String,
    /// The string literals with the line they begin on.
    pub(super) literals: Vec<(usize, String)>,
    /// Byte ranges of `#[cfg(test)]` modules; the whole file when it stands in a folder of tests.
    tests: Vec<std::ops::Range<usize>>,
}

impl<'a> Source<'a> {
    pub(super) fn read(file: &'a File) -> Self {
        let (code, literals) = scan(&file.text);
        let tests = if is_test_file(&file.path) {
            std::iter::once(0..code.len() + 1).collect()
        } else {
            test_modules(&code)
        };
        Self {
            path: &file.path,
            text: &file.text,
            code,
            literals,
            tests,
        }
    }

    /// The line, from one, that an offset stands on.
    pub(super) fn line(&self, offset: usize) -> usize {
        self.code[..offset].bytes().filter(|byte| *byte == b'\n').count() + 1
    }

    pub(super) fn is_test(&self, offset: usize) -> bool {
        self.tests.iter().any(|range| range.contains(&offset))
    }

    /// The literals outside tests.
    pub(super) fn product_literals(&self) -> impl Iterator<Item = &(usize, String)> {
        let is_test = |line: usize| {
            self.tests.iter().any(|range| {
                let (first, last) = (self.line(range.start), self.line(range.end.min(self.code.len())));
                (first..=last).contains(&line)
            })
        };
        self.literals.iter().filter(move |(line, _)| !is_test(*line))
    }

    /// Every place where the words stand in the code, each a whole word.
    pub(super) fn find(&self, needle: &str) -> Vec<usize> {
        let bytes = self.code.as_bytes();
        let is_word = |at: Option<&u8>| at.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        let begins_as_word = is_word(needle.as_bytes().first());
        let ends_as_word = is_word(needle.as_bytes().last());
        self.code
            .match_indices(needle)
            .map(|(at, _)| at)
            .filter(|at| !(begins_as_word && *at > 0 && is_word(bytes.get(at - 1))))
            .filter(|at| !(ends_as_word && is_word(bytes.get(at + needle.len()))))
            .collect()
    }
}

/// Where the brace or parenthesis that opens at `open` is closed.
pub(super) fn closing(code: &str, open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in code.bytes().enumerate().skip(open) {
        match byte {
            b'{' | b'(' | b'[' => depth += 1,
            b'}' | b')' | b']' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

fn is_test_file(path: &str) -> bool {
    path.split('/').any(|part| part == "tests" || part == "benches") || path.ends_with("/tests.rs")
}

fn test_modules(code: &str) -> Vec<std::ops::Range<usize>> {
    code.match_indices("#[cfg(test)]")
        .filter_map(|(at, _)| {
            let open = at + code[at..].find(['{', ';'])?;
            if code.as_bytes()[open] == b';' {
                Some(at..open)
            } else {
                Some(at..closing(code, open)? + 1)
            }
        })
        .collect()
}

/// What the scanner is inside of.
fn scan(text: &str) -> (String, Vec<(usize, String)>) {
    let bytes = text.as_bytes();
    let mut code = bytes.to_vec();
    let mut literals = Vec::new();
    let mut at = 0;
    let mut line = 1;
    while at < bytes.len() {
        let end = match bytes[at] {
            b'/' if bytes[at..].starts_with(b"//") => text[at..].find('\n').map_or(bytes.len(), |length| at + length),
            b'/' if bytes[at..].starts_with(b"/*") => end_of_block_comment(bytes, at),
            b'"' => {
                let end = end_of_string(bytes, at);
                literals.push((line, text[at + 1..end.saturating_sub(1).max(at + 1)].to_owned()));
                end
            }
            b'r' if !is_inside_word(bytes, at) => match raw_string(bytes, at) {
                Some((inner, end)) => {
                    literals.push((line, text[inner.clone()].to_owned()));
                    end
                }
                None => at,
            },
            b'\'' => end_of_character(text, at),
            _ => at,
        };
        if end == at {
            line += usize::from(bytes[at] == b'\n');
            at += 1;
            continue;
        }
        for byte in &mut code[at..end] {
            if *byte == b'\n' {
                line += 1;
            } else {
                *byte = b' ';
            }
        }
        at = end;
    }
    (
        String::from_utf8(code).expect("whole characters were blanked, so it is still text"),
        literals,
    )
}

/// `r` begins a raw string only where a word could begin; `br` and `cr` do too.
fn is_inside_word(bytes: &[u8], at: usize) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    match at.checked_sub(1).map(|before| bytes[before]) {
        Some(b'b' | b'c') => at >= 2 && is_word(bytes[at - 2]),
        Some(before) => is_word(before),
        None => false,
    }
}

/// The inside and the end of the raw string that begins at `at`, if one does.
fn raw_string(bytes: &[u8], at: usize) -> Option<(std::ops::Range<usize>, usize)> {
    let hashes = bytes[at + 1..].iter().take_while(|byte| **byte == b'#').count();
    let inner = at + 1 + hashes + 1;
    if bytes.get(inner - 1) != Some(&b'"') {
        return None;
    }
    let mut end = vec![b'"'];
    end.resize(hashes + 1, b'#');
    let length = bytes[inner..].windows(end.len()).position(|window| window == end)?;
    Some((inner..inner + length, inner + length + end.len()))
}

fn end_of_string(bytes: &[u8], at: usize) -> usize {
    let mut end = at + 1;
    while end < bytes.len() {
        match bytes[end] {
            b'\\' => end += 2,
            b'"' => return end + 1,
            _ => end += 1,
        }
    }
    bytes.len()
}

fn end_of_block_comment(bytes: &[u8], at: usize) -> usize {
    let mut depth = 0_usize;
    let mut end = at;
    while end < bytes.len() {
        if bytes[end..].starts_with(b"/*") {
            depth += 1;
            end += 2;
        } else if bytes[end..].starts_with(b"*/") {
            depth -= 1;
            end += 2;
            if depth == 0 {
                return end;
            }
        } else {
            end += 1;
        }
    }
    bytes.len()
}

/// The end of a character literal; a lifetime gives back where it began.
fn end_of_character(text: &str, at: usize) -> usize {
    let rest = &text[at + 1..];
    let mut characters = rest.char_indices();
    match characters.next() {
        Some((_, '\\')) => rest[1..].find('\'').map_or(at, |length| {
            // An escaped quote is followed by the closing one.
            let escaped_quote = rest.as_bytes().get(1) == Some(&b'\'');
            at + 1 + 1 + length + 1 + usize::from(escaped_quote)
        }),
        Some((_, _)) => match characters.next() {
            Some((length, '\'')) => at + 1 + length + 1,
            _ => at,
        },
        None => at,
    }
}

#[cfg(test)]
mod tests {
    use super::{File, Source};

    /// The code that is left of a text, blanks squeezed, and its literals.
    fn check(text: &str, code: &str, literals: &[&str]) {
        let file = File {
            path: "crates/x/src/a.rs".into(),
            text: text.into(),
        };
        let source = Source::read(&file);
        assert_eq!(source.code.len(), text.len());
        assert_eq!(
            source.code.split_whitespace().collect::<Vec<_>>().join(" "),
            code,
            "{text}"
        );
        assert_eq!(
            source
                .literals
                .iter()
                .map(|(_, literal)| literal.as_str())
                .collect::<Vec<_>>(),
            literals,
            "{text}"
        );
    }

    #[test]
    fn comments_and_literals_are_blanked() {
        check("a // b\nc", "a c", &[]);
        check("a /* b /* c */ d */ e", "a e", &[]);
        check(r#"f("a // \" b", c)"#, "f( , c)", &[r#"a // \" b"#]);
        check("f(r#\"a \" b\"#, br\"c\")", "f( , b )", &["a \" b", "c"]);
        check(
            r"match c { '{' | '\'' | '\\' | 'ä' => for_r('x') }",
            "match c { | | | => for_r( ) }",
            &[],
        );
        check("fn f<'a>(x: &'a str) {} // 'x", "fn f<'a>(x: &'a str) {}", &[]);
        check("r#type r", "r#type r", &[]);
    }

    #[test]
    fn test_modules_are_known() {
        let file = File {
            path: "crates/x/src/a.rs".into(),
            text: "fn a() {}\n#[cfg(test)]\nmod tests {\n fn b() {}\n}\nfn c() {}".into(),
        };
        let source = Source::read(&file);
        let tested: Vec<bool> = source.find("fn").into_iter().map(|at| source.is_test(at)).collect();
        assert_eq!(tested, [false, true, false]);
    }
}
