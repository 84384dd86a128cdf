//! Rules of form: headers, names that say nothing, leftovers, switched-off lints, tests that wait by the clock.

use super::{File, Finding, source::Source};

/// Names under which anything could be put, and is.
const EMPTY_NAMES: [&str; 12] = [
    "utils", "util", "common", "helpers", "helper", "types", "models", "model", "manager", "managers", "misc", "shared",
];

/// Endings of type names that say nothing either.
const EMPTY_ENDINGS: [&str; 4] = ["Manager", "Helper", "Helpers", "Utils"];

/// Words that stand for work not done. Written in two halves so that this file does not break its own rule.
const LEFTOVERS: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];

/// What must not stand in Rust code, and why.
const FORBIDDEN_RUST: [(&str, &str); 5] = [
    (
        "#[allow(",
        "a lint is answered with #[expect(…, reason = …)], which notices when it is no longer needed",
    ),
    (
        "#![allow(",
        "a lint is answered with #![expect(…, reason = …)], which notices when it is no longer needed",
    ),
    ("#[ignore", "a test that does not run is not a test"),
    (concat!("to", "do!("), "unfinished code"),
    (concat!("unimplement", "ed!("), "unfinished code"),
];

/// What must not stand in the tests that run in node or a browser.
const FORBIDDEN_SCRIPT: [(&str, &str); 5] = [
    (".only(", "it switches the other tests off"),
    (concat!("test.", "skip"), "a test that does not run is not a test"),
    ("waitForTimeout(", "wait for what is to happen, not for the clock"),
    ("setTimeout(resolve", "wait for what is to happen, not for the clock"),
    ("timers/promises", "wait for what is to happen, not for the clock"),
];

pub(super) fn check_rust(source: &Source<'_>, findings: &mut Vec<Finding>) {
    let name = source.path.rsplit('/').next().unwrap_or_default();
    if matches!(name, "lib.rs" | "mod.rs" | "main.rs") && !source.text.starts_with("//!") {
        findings.push(Finding::new(
            source.path,
            1,
            "a module opens with `//!`: what lives here, what it promises, what must not live here",
        ));
    }
    for (forbidden, reason) in FORBIDDEN_RUST {
        for at in source.find(forbidden) {
            findings.push(Finding::new(
                source.path,
                source.line(at),
                format!("`{forbidden}`: {reason}"),
            ));
        }
    }
    for at in source.find("sleep").into_iter().filter(|at| source.is_test(*at)) {
        if source.code[at + "sleep".len()..].trim_start().starts_with('(') {
            findings.push(Finding::new(
                source.path,
                source.line(at),
                "a test waits for a signal or turns the clock; it does not sleep",
            ));
        }
    }
    for keyword in ["struct", "enum", "trait"] {
        for at in source.find(keyword) {
            let rest = source.code[at + keyword.len()..].trim_start();
            let name: String = rest.chars().take_while(|next| next.is_alphanumeric()).collect();
            if EMPTY_ENDINGS.iter().any(|ending| name.ends_with(ending)) {
                findings.push(Finding::new(
                    source.path,
                    source.line(at),
                    format!("`{name}` says nothing: name what it is"),
                ));
            }
        }
    }
}

pub(super) fn check_any(file: &File, findings: &mut Vec<Finding>) {
    if !file.has_extension(&["rs", "mjs", "js", "ts", "tsx", "css", "html", "py", "toml", "md", "sql"]) {
        return;
    }
    for part in file.path.split('/') {
        if EMPTY_NAMES.contains(&part.split('.').next().unwrap_or_default()) {
            findings.push(Finding::new(
                &file.path,
                1,
                format!("`{part}` says nothing: name what lives there"),
            ));
        }
    }
    let is_script = file.has_extension(&["mjs", "js", "ts", "tsx"]);
    for (index, line) in file.text.lines().enumerate() {
        if line
            .split(|next: char| !next.is_alphanumeric())
            .any(|word| LEFTOVERS.contains(&word))
        {
            findings.push(Finding::new(&file.path, index + 1, "work not done: do it, or file it"));
        }
        for (forbidden, reason) in FORBIDDEN_SCRIPT {
            if is_script && line.contains(forbidden) {
                findings.push(Finding::new(&file.path, index + 1, format!("`{forbidden}`: {reason}")));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::planted, LEFTOVERS};

    #[test]
    fn a_module_needs_its_header() {
        assert_eq!(planted("crates/x/src/lib.rs", "fn a() {}\n").len(), 1);
        assert_eq!(
            planted("crates/x/src/lib.rs", "//! What lives here.\nfn a() {}\n").len(),
            0
        );
        assert_eq!(planted("crates/x/src/part.rs", "fn a() {}\n").len(), 0);
    }

    #[test]
    fn names_that_say_nothing_are_found() {
        assert_eq!(planted("crates/x/src/utils.rs", "").len(), 1);
        assert_eq!(planted("crates/x/src/helpers/time.rs", "").len(), 1);
        assert_eq!(
            planted("crates/x/src/time.rs", "pub struct ClockManager;\nstruct Clock;").len(),
            1
        );
    }

    #[test]
    fn leftovers_are_found() {
        assert_eq!(
            planted("docs/a.md", &format!("line\n{}: later\n", LEFTOVERS[0])),
            ["2: work not done: do it, or file it"]
        );
        assert_eq!(planted("crates/x/src/a.rs", "#[test]\n#[ignore]\nfn a() {}").len(), 1);
        assert_eq!(planted("tests/a.mjs", "test.only('a')").len(), 1);
    }

    #[test]
    fn lints_are_expected_and_not_allowed() {
        assert_eq!(planted("crates/x/src/a.rs", "#[allow(dead_code)]\nfn a() {}").len(), 1);
        assert_eq!(
            planted(
                "crates/x/src/a.rs",
                "// Not #[allow(x)].\n#[expect(dead_code, reason = \"a\")]\nfn a() {}"
            )
            .len(),
            0
        );
    }

    #[test]
    fn only_tests_must_not_sleep() {
        assert_eq!(
            planted("crates/x/tests/a.rs", "fn a() { sleep(second).await; }").len(),
            1
        );
        assert_eq!(
            planted(
                "crates/x/src/a.rs",
                "#[cfg(test)]\nmod tests { fn a() { tokio::time::sleep (b); } }"
            )
            .len(),
            1
        );
        assert_eq!(planted("crates/x/src/a.rs", "fn a() { sleep(second).await; }").len(), 0);
        assert_eq!(
            planted("crates/x/tests/a.rs", "fn a() { advance(sleepless()) }").len(),
            0
        );
    }
}
