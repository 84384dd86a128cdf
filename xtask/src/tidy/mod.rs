//! The rules of the tree that no compiler knows: walls between the parts, ceilings, names, leftovers.
//!
//! Every rule reads text and nothing else, so it is quick and also a test. A rule is simple enough to be told in a sentence; where it could
//! be fooled it errs on the side of silence, because a rule that cries wolf is switched off. What is too long today stands in
//! `xtask/tidy.toml` with its size, and that list may only shrink.

mod ceilings;
mod dependencies;
mod forms;
mod source;
mod walls;

use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};

use crate::process;
use source::Source;

/// One broken rule, in the form that editors jump to.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    path: String,
    line: usize,
    message: String,
}

impl Finding {
    fn new(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line,
            message: message.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: {}", self.path, self.line, self.message)
    }
}

/// A file of the tree: its path from the root with forward slashes, and its text.
struct File {
    path: String,
    text: String,
}

impl File {
    fn has_extension(&self, extensions: &[&str]) -> bool {
        Path::new(&self.path)
            .extension()
            .is_some_and(|found| extensions.iter().any(|one| found == *one))
    }
}

pub(crate) fn run() -> Result<()> {
    let root = process::root();
    let files = read_tree(root)?;
    let exceptions = fs::read_to_string(root.join("xtask/tidy.toml")).context("xtask/tidy.toml")?;
    let mut findings = judge(&files, &exceptions)?;
    findings.sort();
    if findings.is_empty() {
        println!("    {} files are tidy", files.len());
        return Ok(());
    }
    let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
    bail!("{} rules broken:\n{}", lines.len(), lines.join("\n"))
}

/// All rules over all files.
fn judge(files: &[File], exceptions: &str) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let mut sizes = Vec::new();
    for file in files {
        if file.has_extension(&["rs"]) {
            let source = Source::read(file);
            walls::check(&source, files, &mut findings);
            forms::check_rust(&source, &mut findings);
            ceilings::measure_functions(&source, &mut sizes);
        }
        if file.path.ends_with("Cargo.toml") {
            dependencies::check(file, &mut findings)?;
        }
        forms::check_any(file, &mut findings);
        ceilings::measure_file(file, &mut sizes);
    }
    ceilings::check(sizes, exceptions, &mut findings)?;
    Ok(findings)
}

/// Every text file that belongs to the project: what is built, fetched or written at run time is not read.
fn read_tree(root: &Path) -> Result<Vec<File>> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            let relative = relative(root, &path)?;
            let name = relative.rsplit('/').next().unwrap_or_default();
            let foreign = name.starts_with('.')
                || matches!(
                    name,
                    "target" | "node_modules" | "artifacts" | "vendored" | "dist" | "generated"
                );
            if foreign || relative == "data" {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = fs::read_to_string(&path) {
                files.push(File { path: relative, text });
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn relative(root: &Path, path: &Path) -> Result<String> {
    let relative: PathBuf = path.strip_prefix(root)?.to_owned();
    let text = relative
        .to_str()
        .with_context(|| format!("{} is no text", relative.display()))?;
    Ok(text.replace('\\', "/"))
}

/// The findings for a tree that consists of one planted file, each as `line: message`.
#[cfg(test)]
fn planted(path: &str, text: &str) -> Vec<String> {
    planted_among(&[(path, text)])
}

/// The same for several files; none of them has an exception.
#[cfg(test)]
fn planted_among(files: &[(&str, &str)]) -> Vec<String> {
    let files: Vec<File> = files
        .iter()
        .map(|(path, text)| File {
            path: (*path).into(),
            text: (*text).into(),
        })
        .collect();
    let findings = judge(&files, "").expect("the planted tree is readable");
    findings
        .iter()
        .map(|finding| format!("{}: {}", finding.line, finding.message))
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_tree_is_tidy() {
        if let Err(error) = super::run() {
            panic!("{error:#}");
        }
    }
}
