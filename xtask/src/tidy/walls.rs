//! The walls inside the crates: where SQL may stand, who may name an engine, what a rule may know, and that a capability is entered by its
//! front door.

use super::{File, Finding, source::Source};

/// What values-in, decision-out code cannot use: a store, the network, a clock, randomness, logging, waiting.
const IMPURE: [&str; 19] = [
    "async",
    "await",
    "axum",
    "Clock",
    "clock",
    "http",
    "hyper",
    "Instant",
    "metrics",
    "rand",
    "reqwest",
    "std::env",
    "std::fs",
    "std::net",
    "store",
    "SystemTime",
    "tokio",
    "tracing",
    "Tx",
];

const ENGINES: [&str; 2] = ["sqlite", "postgres"];

/// Where the application lives, one folder per capability.
const APPLICATION: &str = "crates/paydesk/src/";

/// Folders of the application that are no capabilities: they serve all of them.
const NOT_CAPABILITIES: [&str; 2] = ["http", "cli"];

pub(super) fn check(source: &Source<'_>, files: &[File], findings: &mut Vec<Finding>) {
    if !source.path.starts_with("crates/") || source.path.starts_with("crates/store/") {
        return;
    }
    check_sql(source, findings);
    check_engines(source, findings);
    check_purity(source, findings);
    check_front_doors(source, files, findings);
}

/// SQL stands in `records.rs` and in the schema, next to the function that runs it.
fn check_sql(source: &Source<'_>, findings: &mut Vec<Finding>) {
    let may = source
        .path
        .split('/')
        .any(|part| matches!(part, "records.rs" | "records" | "schema.rs" | "schema" | "migrations"));
    if may {
        return;
    }
    for (line, literal) in source.product_literals().filter(|(_, literal)| is_sql(literal)) {
        let begin: String = literal.trim_start().chars().take(30).collect();
        findings.push(Finding::new(
            source.path,
            *line,
            format!("SQL outside records.rs: `{begin}…`"),
        ));
    }
}

/// A statement begins with its verb, all in one case, and its second keyword follows where the grammar wants it. Sentences do not.
fn is_sql(literal: &str) -> bool {
    let words: Vec<&str> = literal.split_whitespace().collect();
    let one_case =
        |word: &str| word.chars().all(|next| !next.is_uppercase()) || word.chars().all(|next| !next.is_lowercase());
    let Some(verb) = words
        .first()
        .filter(|verb| one_case(verb))
        .map(|verb| verb.to_lowercase())
    else {
        return false;
    };
    let at = |index: usize| words.get(index).map(|word| word.to_lowercase()).unwrap_or_default();
    let has = |keyword: &str| {
        words
            .iter()
            .skip(1)
            .any(|word| word.eq_ignore_ascii_case(keyword) && one_case(word))
    };
    match verb.as_str() {
        "select" => words.len() > 3 && has("from"),
        "insert" => at(1) == "into",
        "update" => has("set") && words.len() > 3,
        "delete" => at(1) == "from",
        "with" => at(1) == "recursive" || (at(2) == "as" && literal.contains('(')),
        "create" | "alter" | "drop" => matches!(at(1).as_str(), "table" | "index" | "view" | "trigger" | "unique"),
        "pragma" | "vacuum" => words.len() <= 3,
        _ => false,
    }
}

/// No engine's name outside the store but in the configuration, whose addresses begin with it. Comments may explain.
fn check_engines(source: &Source<'_>, findings: &mut Vec<Finding>) {
    if source.path.ends_with("/config.rs") || source.is_test(0) {
        return;
    }
    for engine in ENGINES {
        let code = source.code.to_lowercase();
        let in_code = code
            .match_indices(engine)
            .map(|(at, _)| at)
            .find(|at| !source.is_test(*at))
            .map(|at| source.line(at));
        let in_literals = source
            .product_literals()
            .find(|(_, text)| text.to_lowercase().contains(engine))
            .map(|(line, _)| *line);
        if let Some(line) = in_code.or(in_literals) {
            findings.push(Finding::new(
                source.path,
                line,
                format!("`{engine}` is named outside the store: above it there is one code path"),
            ));
        }
    }
}

/// `rules.rs` and the ledger: values in, decision out.
fn check_purity(source: &Source<'_>, findings: &mut Vec<Finding>) {
    let is_rules = source.path.ends_with("/rules.rs") || source.path.contains("/rules/");
    if !is_rules && !source.path.starts_with("crates/ledger/src/") {
        return;
    }
    for word in IMPURE {
        if let Some(at) = source.find(word).into_iter().find(|at| !source.is_test(*at)) {
            findings.push(Finding::new(
                source.path,
                source.line(at),
                format!("`{word}` in a rule: values in, decision out"),
            ));
        }
    }
}

/// A capability is used by another through its `mod.rs` only, or through a room that `mod.rs` opens; the rules and the records never are,
/// and the routes are for the server that mounts them.
fn check_front_doors(source: &Source<'_>, files: &[File], findings: &mut Vec<Finding>) {
    let Some(inside) = source.path.strip_prefix(APPLICATION) else {
        return;
    };
    let home = inside.split('/').next().unwrap_or_default();
    for (at, path) in crate_paths(&source.code) {
        let [capability, room, ..] = path.as_slice() else {
            continue;
        };
        let foreign = capability != home && !NOT_CAPABILITIES.contains(&capability.as_str());
        if foreign && is_closed(files, capability, room, home) {
            let message = format!("`{capability}::{room}` is private to {capability}: go through {capability}/mod.rs");
            findings.push(Finding::new(source.path, source.line(at), message));
        }
    }
}

fn is_closed(files: &[File], capability: &str, room: &str, visitor: &str) -> bool {
    let folder = format!("{APPLICATION}{capability}");
    let find = |path: String| files.iter().find(|file| file.path == path);
    let is_room = find(format!("{folder}/{room}.rs"))
        .or_else(|| find(format!("{folder}/{room}/mod.rs")))
        .is_some();
    let door = find(format!("{folder}/mod.rs")).map_or("", |file| file.text.as_str());
    let opened = ["pub mod", "pub(crate) mod"]
        .iter()
        .any(|words| door.contains(&format!("{words} {room};")));
    match room {
        "records" | "rules" => is_room,
        "routes" => is_room && visitor != "http",
        _ => is_room && !opened,
    }
}

/// Every path that begins with `crate::`, the trees of `use` spelled out.
fn crate_paths(code: &str) -> Vec<(usize, Vec<String>)> {
    let mut paths = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let before = code[..at].chars().next_back();
        if before.is_none_or(|before| !before.is_alphanumeric() && before != '_' && before != '$') {
            let mut rest = &code[at + "crate::".len()..];
            spell_out(&mut rest, &[], &mut |path| paths.push((at, path)));
        }
    }
    paths
}

fn spell_out(rest: &mut &str, prefix: &[String], found: &mut dyn FnMut(Vec<String>)) {
    let mut path = prefix.to_vec();
    loop {
        *rest = rest.trim_start();
        if let Some(inner) = rest.strip_prefix('{') {
            *rest = inner;
            while !rest.trim_start().starts_with('}') && !rest.trim_start().is_empty() {
                let before = rest.len();
                spell_out(rest, &path, found);
                // The rest of an element that is no path, such as `as name`, is of no interest.
                *rest = rest.trim_start_matches(|next| next != ',' && next != '}');
                *rest = rest.strip_prefix(',').unwrap_or(rest);
                if rest.len() == before {
                    return;
                }
            }
            *rest = rest.trim_start().strip_prefix('}').unwrap_or(rest);
            return;
        }
        let length = rest
            .find(|next: char| !next.is_alphanumeric() && next != '_')
            .unwrap_or(rest.len());
        if length > 0 {
            path.push(rest[..length].to_owned());
            *rest = rest[length..].trim_start();
        }
        match rest.strip_prefix("::") {
            Some(next) if length > 0 => *rest = next,
            _ => return found(path),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{planted, planted_among},
        crate_paths, is_sql,
    };

    #[test]
    fn sql_is_told_from_sentences() {
        for (literal, sql) in [
            ("select id from wallet where id = $1", true),
            ("SELECT id FROM wallet", true),
            ("\n    insert into wallet (id) values ($1)", true),
            ("update wallet set balance = 0", true),
            ("delete from wallet", true),
            ("with due as (select 1) update event set status = 1", true),
            ("create table wallet (id text)", true),
            ("create unique index a on b (c)", true),
            ("Select a pack from the list below", false),
            ("select", false),
            ("update the settings of your account", false),
            ("delete", false),
            ("with a card from your bank", false),
            ("create a session", false),
            ("drop it", false),
            ("", false),
        ] {
            assert_eq!(is_sql(literal), sql, "{literal}");
        }
    }

    #[test]
    fn sql_stands_in_records() {
        let text = "fn a(tx: T) { tx.run(\"delete from wallet\") }";
        assert_eq!(
            planted("crates/paydesk/src/credits/mod.rs", &format!("//! A.\n{text}")).len(),
            1
        );
        assert_eq!(planted("crates/paydesk/src/credits/records.rs", text).len(), 0);
        assert_eq!(planted("crates/store/src/a.rs", text).len(), 0);
        assert_eq!(
            planted(
                "crates/paydesk/src/credits/a.rs",
                &format!("#[cfg(test)]\nmod tests {{\n{text}\n}}")
            )
            .len(),
            0
        );
    }

    #[test]
    fn engines_are_named_in_the_store_only() {
        assert_eq!(
            planted("crates/paydesk/src/inbox/a.rs", "use rusqlite::Connection;").len(),
            1
        );
        assert_eq!(
            planted("crates/paydesk/src/inbox/a.rs", "const A: &str = \"postgres://\";").len(),
            1
        );
        assert_eq!(
            planted("crates/paydesk/src/inbox/a.rs", "// On SQLite this is quick.").len(),
            0
        );
        assert_eq!(
            planted("crates/paydesk/src/config.rs", "const A: &str = \"postgres://\";").len(),
            0
        );
        assert_eq!(planted("crates/store/src/a.rs", "use rusqlite::Connection;").len(), 0);
    }

    #[test]
    fn rules_are_pure() {
        for word in [
            "use store::Tx;",
            "async fn a() {}",
            "fn a(now: Instant) {}",
            "use crate::clock::now;",
            "fn a() { tracing::info!() }",
        ] {
            assert!(!planted("crates/paydesk/src/inbox/rules.rs", word).is_empty(), "{word}");
            assert!(!planted("crates/ledger/src/post.rs", word).is_empty(), "{word}");
            assert!(planted("crates/paydesk/src/inbox/worker.rs", word).is_empty(), "{word}");
        }
        assert!(
            planted(
                "crates/paydesk/src/inbox/rules.rs",
                "// The store and the clock are elsewhere.\nfn restore(restored: u8) {}"
            )
            .is_empty()
        );
    }

    #[test]
    fn a_capability_is_entered_by_its_front_door() {
        let check = |path: &str, text: &str| {
            let door = "//! Credits.\npub mod plan;\npub(crate) mod routes;\nmod lots;\npub(crate) mod records;\n";
            let rooms =
                ["records", "routes", "plan", "lots"].map(|room| format!("crates/paydesk/src/credits/{room}.rs"));
            let mut tree = vec![("crates/paydesk/src/credits/mod.rs", door), (path, text)];
            tree.extend(rooms.iter().map(|room| (room.as_str(), "")));
            planted_among(&tree).len()
        };
        let orders = "crates/paydesk/src/orders/fulfil.rs";
        assert_eq!(check(orders, "use crate::credits::grant;"), 0);
        assert_eq!(check(orders, "use crate::credits::plan::Plan;"), 0);
        assert_eq!(check(orders, "use crate::credits::lots::Lot;"), 1);
        assert_eq!(check(orders, "use crate::credits::records::insert;"), 1);
        assert_eq!(check(orders, "use crate::{clock, credits::{grant, records}};"), 1);
        assert_eq!(check(orders, "fn a() { crate::credits::records::insert() }"), 1);
        assert_eq!(
            check(
                "crates/paydesk/src/credits/spend.rs",
                "use crate::credits::records::insert;"
            ),
            0
        );
        assert_eq!(
            check("crates/paydesk/src/http/server.rs", "use crate::credits::routes;"),
            0
        );
        assert_eq!(
            check("crates/paydesk/src/cli/serve.rs", "use crate::credits::routes;"),
            1
        );
    }

    #[test]
    fn trees_of_use_are_spelled_out() {
        let found: Vec<String> =
            crate_paths("use crate::{a::{self, b as c}, d::e::<T>}; crate::f(x); pub(crate) fn g() {}")
                .into_iter()
                .map(|(_, path)| path.join("::"))
                .collect();
        assert_eq!(found, ["a::self", "a::b", "d::e", "f"]);
    }
}
