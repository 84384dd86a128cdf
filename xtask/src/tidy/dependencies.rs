//! Rules for manifests: which of our crates may know which, who may know a database engine, and a reason for every library.

use anyhow::{Context as _, Result};

use super::{File, Finding};

/// Our crates, which of our crates each may depend on, and which more its tests may. An absence here is a wall.
const OUR_CRATES: [(&str, &[&str], &[&str]); 6] = [
    ("ledger", &[], &[]),
    ("store", &[], &[]),
    ("stripe", &[], &["sandbox"]),
    ("sandbox", &[], &[]),
    ("paydesk", &["ledger", "store", "stripe", "sandbox"], &[]),
    ("xtask", &[], &[]),
];

/// What the ledger must never know: anything that waits, reads a clock, draws a random number or speaks to the outside.
const NOT_PURE: [&str; 12] = [
    "axum",
    "hyper",
    "jiff",
    "metrics",
    "rand",
    "reqwest",
    "rusqlite",
    "tokio",
    "tokio-postgres",
    "tower",
    "tracing",
    "uuid",
];

/// Only the store knows which engines there are.
const ENGINES: [&str; 2] = ["rusqlite", "tokio-postgres"];

pub(super) fn check(file: &File, findings: &mut Vec<Finding>) -> Result<()> {
    let manifest: toml::Table = file.text.parse().with_context(|| file.path.clone())?;
    if manifest.contains_key("workspace") {
        check_reasons(file, findings);
    }
    let name = manifest
        .get("package")
        .and_then(|package| package.get("name"))
        .and_then(toml::Value::as_str);
    let Some(name) = name else { return Ok(()) };
    for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
        let Some(dependencies) = manifest.get(section).and_then(toml::Value::as_table) else {
            continue;
        };
        for (dependency, value) in dependencies {
            // A crate's own tests may ask for its own features.
            if dependency == name && section == "dev-dependencies" {
                continue;
            }
            let line = line_of(&file.text, dependency);
            if value.get("workspace").and_then(toml::Value::as_bool) != Some(true) {
                findings.push(Finding::new(
                    &file.path,
                    line,
                    format!("{dependency} must come from the workspace, with its reason there"),
                ));
            }
            if let Some(message) = wall(name, dependency, section == "dev-dependencies") {
                findings.push(Finding::new(&file.path, line, message));
            }
        }
    }
    Ok(())
}

fn wall(name: &str, dependency: &str, in_tests: bool) -> Option<String> {
    let ours = |wanted: &str| OUR_CRATES.iter().find(|(known, ..)| *known == wanted);
    if ours(dependency).is_some()
        && let Some((_, always, tests)) = ours(name)
        && !always.contains(&dependency)
        && !(in_tests && tests.contains(&dependency))
    {
        return Some(format!("the crate {name} must not know {dependency}"));
    }
    if name == "ledger" && NOT_PURE.contains(&dependency) {
        return Some(format!("the ledger is pure: it must not know {dependency}"));
    }
    if name != "store" && ENGINES.contains(&dependency) {
        return Some(format!("only the store knows {dependency}"));
    }
    None
}

/// Every library of the workspace says why it is there, at the end of its line or on the line above. Our own crates need no reason.
fn check_reasons(file: &File, findings: &mut Vec<Finding>) {
    let mut inside = false;
    let mut above = "";
    for (index, line) in file.text.lines().enumerate() {
        if line.starts_with('[') {
            inside = line.trim_end() == "[workspace.dependencies]";
        }
        let begins_entry = line.starts_with(|first: char| first.is_ascii_alphabetic()) && line.contains('=');
        if inside && begins_entry && !line.contains("path = ") {
            let reason = line
                .split_once(" # ")
                .map(|(_, reason)| reason)
                .or_else(|| above.strip_prefix("# "));
            if reason.is_none_or(|reason| reason.trim().is_empty()) {
                findings.push(Finding::new(
                    &file.path,
                    index + 1,
                    "a library without a line of reason",
                ));
            }
        }
        above = line;
    }
}

fn line_of(text: &str, dependency: &str) -> usize {
    text.lines()
        .position(|line| line.starts_with(dependency))
        .map_or(1, |index| index + 1)
}

#[cfg(test)]
mod tests {
    use super::super::planted;

    fn check(name: &str, section: &str, dependency: &str) -> usize {
        planted(
            "crates/x/Cargo.toml",
            &format!("[package]\nname = \"{name}\"\n[{section}]\n{dependency}.workspace = true\n"),
        )
        .len()
    }

    #[test]
    fn the_walls_between_crates_stand() {
        for (name, section, dependency, findings) in [
            ("ledger", "dependencies", "serde", 0),
            ("ledger", "dependencies", "tokio", 1),
            ("ledger", "dev-dependencies", "store", 1),
            ("sandbox", "dependencies", "stripe", 1),
            ("sandbox", "dev-dependencies", "paydesk", 1),
            ("stripe", "dependencies", "sandbox", 1),
            ("stripe", "dev-dependencies", "sandbox", 0),
            ("paydesk", "dependencies", "store", 0),
            ("paydesk", "dependencies", "rusqlite", 1),
            ("paydesk", "dev-dependencies", "tokio-postgres", 1),
            ("store", "dependencies", "rusqlite", 0),
        ] {
            assert_eq!(
                check(name, section, dependency),
                findings,
                "{name} {section} {dependency}"
            );
        }
    }

    #[test]
    fn a_version_outside_the_workspace_is_found() {
        assert_eq!(
            planted(
                "crates/x/Cargo.toml",
                "[package]\nname = \"x\"\n[dependencies]\nserde = \"1\"\n"
            )
            .len(),
            1
        );
    }

    #[test]
    fn a_crate_may_ask_for_its_own_features_in_tests() {
        let manifest =
            "[package]\nname = \"store\"\n[dev-dependencies]\nstore = { path = \".\", features = [\"testing\"] }\n";
        assert_eq!(planted("crates/store/Cargo.toml", manifest).len(), 0);
    }

    #[test]
    fn every_library_has_a_reason() {
        let check = |entry: &str| planted("Cargo.toml", &format!("[workspace.dependencies]\n{entry}\n")).len();
        assert_eq!(check("hex = \"0.4\""), 1);
        assert_eq!(check("hex = \"0.4\" # "), 1);
        assert_eq!(check("hex = \"0.4\" # signatures"), 0);
        assert_eq!(check("# the form of signatures\nhex = \"0.4\""), 0);
        assert_eq!(check("ledger = { path = \"crates/ledger\" }"), 0);
    }
}
