//! What the dependency tree may hold: licences, sources and bans of `deny.toml`, judged from `cargo metadata`, and the licences of the
//! npm packages that build and test, judged from their lock files. Nothing has to be installed for it.

use std::{
    collections::{BTreeMap, HashSet},
    fs,
    path::Path,
};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::{process, spdx};

/// How cargo writes the public registry.
const PUBLIC_REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// The lock files of the npm packages that build and test. None of them is handed to anybody: what is published depends on none.
const NPM_LOCKS: [&str; 3] = [
    "tests/conformance/package-lock.json",
    "tests/browser/package-lock.json",
    "web/package-lock.json",
];

/// Licences that a tool may have besides those of `deny.toml`: they ask something of who hands the tool on, and we do not.
const OF_TOOLS: [&str; 3] = ["BlueOak-1.0.0", "MPL-2.0", "Python-2.0"];

struct Policy {
    targets: Vec<String>,
    licences: Vec<String>,
    banned: BTreeMap<String, String>,
    one_version_only: bool,
}

struct Package {
    name: String,
    version: String,
    licence: Option<String>,
    source: Option<String>,
}

pub(crate) fn check() -> Result<()> {
    let root = process::root();
    let policy = read_policy(&fs::read_to_string(root.join("deny.toml"))?)?;
    let metadata = process::output(&mut process::cargo(&["metadata", "--format-version", "1", "--locked"]))?;
    let packages = read_packages(&serde_json::from_str(&metadata)?, &built(&policy)?)?;
    let mut findings = judge(&policy, &packages);
    for lock in NPM_LOCKS {
        if root.join(lock).exists() {
            findings.extend(judge_npm(
                &policy,
                Path::new(lock),
                &fs::read_to_string(root.join(lock))?,
            )?);
        }
    }
    if !findings.is_empty() {
        bail!(
            "{} objections to the dependencies:\n  {}",
            findings.len(),
            findings.join("\n  ")
        );
    }
    println!("    {} crates: licences, sources and bans hold", packages.len());
    Ok(())
}

fn read_policy(text: &str) -> Result<Policy> {
    let file: toml::Table = text.parse().context("deny.toml")?;
    let section = |name: &str| {
        file.get(name)
            .and_then(toml::Value::as_table)
            .with_context(|| format!("deny.toml lacks [{name}]"))
    };
    let bans = section("bans")?;
    let banned = bans
        .get("deny")
        .and_then(toml::Value::as_array)
        .context("deny.toml lacks bans.deny")?
        .iter()
        .map(|entry| {
            let field = |name: &str| entry.get(name).and_then(toml::Value::as_str).map(str::to_owned);
            Ok((
                field("crate").context("a ban without `crate`")?,
                field("reason").context("a ban without `reason`")?,
            ))
        })
        .collect::<Result<_>>()?;
    let sources = section("sources")?;
    for key in ["unknown-registry", "unknown-git"] {
        if sources.get(key).and_then(toml::Value::as_str) != Some("deny") {
            bail!("deny.toml: sources.{key} must be \"deny\"");
        }
    }
    Ok(Policy {
        targets: strings(section("graph")?, "targets")?,
        licences: strings(section("licenses")?, "allow")?,
        banned,
        one_version_only: bans.get("multiple-versions").and_then(toml::Value::as_str) == Some("deny"),
    })
}

fn strings(table: &toml::Table, key: &str) -> Result<Vec<String>> {
    table
        .get(key)
        .and_then(toml::Value::as_array)
        .with_context(|| format!("deny.toml lacks {key}"))?
        .iter()
        .map(|value| {
            value
                .as_str()
                .map(str::to_owned)
                .with_context(|| format!("deny.toml: {key} holds more than text"))
        })
        .collect()
}

/// The packages that are really built for the policy's targets, each as `name version`. Metadata alone also names libraries that only a
/// feature nobody asked for would bring.
fn built(policy: &Policy) -> Result<HashSet<String>> {
    let mut arguments = vec![
        "tree",
        "--locked",
        "--workspace",
        "--edges",
        "normal,build,dev",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ];
    for target in &policy.targets {
        arguments.extend(["--target", target]);
    }
    let tree = process::output(&mut process::cargo(&arguments))?;
    Ok(tree
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            Some(format!("{} {}", words.next()?, words.next()?.strip_prefix('v')?))
        })
        .collect())
}

fn read_packages(metadata: &Value, built: &HashSet<String>) -> Result<Vec<Package>> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let packages: Vec<Package> = metadata["packages"]
        .as_array()
        .context("cargo metadata has no packages")?
        .iter()
        .map(|package| {
            Ok(Package {
                name: text(&package["name"]).context("a package without a name")?,
                version: text(&package["version"]).context("a package without a version")?,
                licence: text(&package["license"]),
                source: text(&package["source"]),
            })
        })
        .collect::<Result<_>>()?;
    let judged: Vec<Package> = packages
        .into_iter()
        .filter(|one| built.contains(&format!("{} {}", one.name, one.version)))
        .collect();
    if judged.len() != built.len() {
        bail!(
            "cargo tree names {} packages and cargo metadata {} of them",
            built.len(),
            judged.len()
        );
    }
    Ok(judged)
}

/// Every objection, one line each. Two versions of one crate are only told of unless the policy denies them.
fn judge(policy: &Policy, packages: &[Package]) -> Vec<String> {
    let mut findings = Vec::new();
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in packages {
        versions.entry(&package.name).or_default().push(&package.version);
        let label = format!("{} {}", package.name, package.version);
        if let Some(reason) = policy.banned.get(&package.name) {
            findings.push(format!("{label} is banned: {reason}"));
        }
        if package
            .source
            .as_deref()
            .is_some_and(|source| source != PUBLIC_REGISTRY)
        {
            findings.push(format!("{label} does not come from the public registry"));
        }
        findings.extend(licence_objection(&label, package.licence.as_deref(), &policy.licences));
    }
    for (name, versions) in versions.iter().filter(|(_, versions)| versions.len() > 1) {
        let line = format!(
            "{name} is there in {} versions: {}",
            versions.len(),
            versions.join(", ")
        );
        if policy.one_version_only {
            findings.push(line);
        } else {
            println!("    note: {line}");
        }
    }
    findings
}

fn licence_objection(label: &str, licence: Option<&str>, allowed: &[String]) -> Option<String> {
    let Some(licence) = licence else {
        return Some(format!("{label} names no licence"));
    };
    match spdx::is_allowed(licence, allowed) {
        Ok(true) => None,
        Ok(false) => Some(format!("{label} is under `{licence}`, which deny.toml does not allow")),
        Err(error) => Some(format!("{label}: {error}")),
    }
}

fn judge_npm(policy: &Policy, path: &Path, text: &str) -> Result<Vec<String>> {
    let lock: Value = serde_json::from_str(text).with_context(|| path.display().to_string())?;
    let packages = lock["packages"]
        .as_object()
        .with_context(|| format!("{} has no packages", path.display()))?;
    let of_tools = OF_TOOLS.map(str::to_owned);
    let allowed: Vec<String> = policy.licences.iter().cloned().chain(of_tools).collect();
    // The entry with the empty name is our own, and so are links to the folders of a workspace.
    let others = packages
        .iter()
        .filter(|(name, package)| !name.is_empty() && package["link"] != true);
    Ok(others
        .filter_map(|(name, package)| licence_objection(name, package["license"].as_str(), &allowed))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::{PUBLIC_REGISTRY, Package, Policy, judge, judge_npm, read_policy};

    const POLICY: &str = r#"
        graph.targets = ["x"]
        licenses.allow = ["MIT"]
        bans.multiple-versions = "deny"
        bans.deny = [{ crate = "openssl", reason = "one stack" }]
        sources.unknown-registry = "deny"
        sources.unknown-git = "deny"
    "#;

    fn policy() -> Policy {
        read_policy(POLICY).unwrap()
    }

    fn package(name: &str, licence: Option<&str>, source: &str) -> Package {
        Package {
            name: name.into(),
            version: "1.0.0".into(),
            licence: licence.map(Into::into),
            source: Some(source.into()),
        }
    }

    /// The objections to a tree of these packages, as one text.
    fn objections(packages: &[Package]) -> String {
        judge(&policy(), packages).join("; ")
    }

    #[test]
    fn a_clean_tree_passes() {
        assert_eq!(
            objections(&[package("serde", Some("MIT OR Apache-2.0"), PUBLIC_REGISTRY)]),
            ""
        );
    }

    #[test]
    fn each_kind_of_intruder_is_named() {
        assert!(objections(&[package("openssl", Some("MIT"), PUBLIC_REGISTRY)]).contains("banned: one stack"));
        assert!(objections(&[package("a", Some("GPL-3.0"), PUBLIC_REGISTRY)]).contains("does not allow"));
        assert!(objections(&[package("a", None, PUBLIC_REGISTRY)]).contains("no licence"));
        assert!(objections(&[package("a", Some("MIT"), "git+https://example.org/a")]).contains("public registry"));
        let twice = [
            package("a", Some("MIT"), PUBLIC_REGISTRY),
            package("a", Some("MIT"), PUBLIC_REGISTRY),
        ];
        assert!(objections(&twice).contains("2 versions"));
    }

    #[test]
    fn an_open_source_policy_is_refused() {
        assert!(read_policy(&POLICY.replace("unknown-git = \"deny\"", "unknown-git = \"allow\"")).is_err());
    }

    #[test]
    fn npm_packages_are_judged_by_their_lock() {
        let lock = r#"{"packages": {
            "": {}, "client": {"license": "MIT"}, "node_modules/client": {"link": true}, "node_modules/a": {"license": "MPL-2.0"},
            "node_modules/b": {"license": "GPL-3.0"}
        }}"#;
        let findings = judge_npm(&policy(), "lock".as_ref(), lock).unwrap();
        assert_eq!(findings.len(), 1);
        assert!(findings[0].starts_with("node_modules/b"));
    }
}
