//! Ceilings on size, as a ratchet. What is over a ceiling must stand in `xtask/tidy.toml` with exactly its size: growing is refused, and
//! shrinking asks for the smaller figure to be written down, so that the list can only get shorter.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};

use super::{
    File, Finding,
    source::{Source, closing},
};

const FILE_LINES: usize = 600;
const FUNCTION_LINES: usize = 70;

/// Something with a size: a file by its path, a function by `path::name`.
pub(super) struct Size {
    name: String,
    path: String,
    line: usize,
    lines: usize,
    ceiling: usize,
}

pub(super) fn measure_file(file: &File, sizes: &mut Vec<Size>) {
    if file.has_extension(&["rs", "mjs", "js", "ts", "tsx", "css", "html", "py"]) {
        let lines = file.text.lines().count();
        sizes.push(Size {
            name: file.path.clone(),
            path: file.path.clone(),
            line: 1,
            lines,
            ceiling: FILE_LINES,
        });
    }
}

/// Functions of the product: a table of cases in a test is as long as its cases.
pub(super) fn measure_functions(source: &Source<'_>, sizes: &mut Vec<Size>) {
    for at in source.find("fn").into_iter().filter(|at| !source.is_test(*at)) {
        let rest = &source.code[at + 2..];
        let name: String = rest
            .trim_start()
            .chars()
            .take_while(|next| next.is_alphanumeric() || *next == '_')
            .collect();
        if name.is_empty() {
            continue; // A function pointer type.
        }
        let Some(end) = end_of_function(&source.code, at) else {
            continue;
        };
        let lines = source.line(end) - source.line(at) + 1;
        let full_name = format!("{}::{name}", source.path);
        sizes.push(Size {
            name: full_name,
            path: source.path.into(),
            line: source.line(at),
            lines,
            ceiling: FUNCTION_LINES,
        });
    }
}

/// The end of the body, or of the declaration where there is none.
fn end_of_function(code: &str, at: usize) -> Option<usize> {
    let mut position = at;
    loop {
        let next = position + code[position..].find(['{', ';', '(', '['])?;
        match code.as_bytes()[next] {
            b'(' | b'[' => position = closing(code, next)?,
            b'{' => return closing(code, next),
            _ => return Some(next),
        }
    }
}

pub(super) fn check(sizes: Vec<Size>, exceptions: &str, findings: &mut Vec<Finding>) -> Result<()> {
    let mut exceptions = read_exceptions(exceptions)?;
    for size in sizes.into_iter().filter(|size| size.lines > size.ceiling) {
        let Size {
            name,
            path,
            line,
            lines,
            ceiling,
        } = size;
        match exceptions.remove(&name) {
            Some(known) if known == lines => {}
            Some(known) if known > lines => findings.push(Finding::new(
                "xtask/tidy.toml",
                1,
                format!("{name} shrank from {known} to {lines} lines: write that down"),
            )),
            Some(known) => findings.push(Finding::new(
                &path,
                line,
                format!("grew from {known} to {lines} lines, over the ceiling of {ceiling}"),
            )),
            None => findings.push(Finding::new(
                &path,
                line,
                format!("{name} has {lines} lines, over the ceiling of {ceiling}"),
            )),
        }
    }
    for name in exceptions.keys() {
        findings.push(Finding::new(
            "xtask/tidy.toml",
            1,
            format!("{name} is under its ceiling: strike it out"),
        ));
    }
    Ok(())
}

fn read_exceptions(text: &str) -> Result<BTreeMap<String, usize>> {
    let file: toml::Table = text.parse().context("xtask/tidy.toml")?;
    let Some(table) = file.get("over_the_ceiling").and_then(toml::Value::as_table) else {
        return Ok(BTreeMap::new());
    };
    table
        .iter()
        .map(|(name, lines)| {
            let lines = lines.as_integer().and_then(|lines| usize::try_from(lines).ok());
            Ok((
                name.clone(),
                lines.with_context(|| format!("xtask/tidy.toml: {name} needs a number of lines"))?,
            ))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::{File, judge, planted};

    /// The messages for one function of so many lines, with these exceptions.
    fn check(lines: usize, exceptions: &str) -> String {
        let text = format!("fn long() {{\n{}}}\n", "    step();\n".repeat(lines - 2));
        let file = File {
            path: "crates/x/src/a.rs".into(),
            text,
        };
        let findings = judge(&[file], exceptions).unwrap();
        findings
            .iter()
            .map(|finding| finding.message.as_str())
            .collect::<Vec<_>>()
            .join("; ")
    }

    #[test]
    fn a_long_function_is_found() {
        assert_eq!(check(70, ""), "");
        assert!(check(71, "").contains("long has 71 lines"));
    }

    #[test]
    fn a_table_in_a_test_may_be_long() {
        let text = format!("#[test]\nfn table() {{\n{}}}\n", "    case();\n".repeat(100));
        assert!(planted("crates/x/tests/a.rs", &text).is_empty());
    }

    #[test]
    fn the_list_only_shrinks() {
        let known = "[over_the_ceiling]\n\"crates/x/src/a.rs::long\" = 80\n";
        assert_eq!(check(80, known), "");
        assert!(check(81, known).contains("grew from 80 to 81"));
        assert!(check(79, known).contains("write that down"));
        assert!(check(60, known).contains("strike it out"));
    }

    #[test]
    fn a_long_file_is_found() {
        assert!(planted("web/a.ts", &"a\n".repeat(600)).is_empty());
        assert_eq!(planted("web/a.ts", &"a\n".repeat(601)).len(), 1);
    }
}
