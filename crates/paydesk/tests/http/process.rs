//! The program itself: what it prints, and the code it ends with.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

const CATALOGUE: &str = "[shop]\nname = \"Test shop\"\ncurrency = \"usd\"\n\n[[credit_pack]]\nid = \"starter\"\n\
                         name = \"Starter\"\ncredits = 100\nprices = { usd = 1000 }\n";

/// A folder with a catalogue, and a command that starts in it with an empty environment.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("paydesk.toml"), CATALOGUE).unwrap();
        Self(folder)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_paydesk"));
        command.args(arguments).env_clear().current_dir(self.0.path());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    fn serve(&self, arguments: &[&str]) -> (Child, String) {
        let mut child = self
            .command(&[&["serve", "--listen=127.0.0.1:0"], arguments].concat())
            .env("STRIPE_SECRET_KEY", "sk_test_canary")
            .env("STRIPE_WEBHOOK_SECRET", "whsec_canary")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        (child, line)
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn help_lists_the_commands_the_secrets_and_the_exit_codes() {
    let place = Place::new();
    let help = place.run(&["--help"]);
    assert!(help.status.success());
    for word in ["serve", "dev", "sandbox", "token", "openapi", "Exit codes"] {
        assert!(text(&help.stdout).contains(word), "{word}");
    }
    let serve = text(&place.run(&["serve", "--help"]).stdout);
    assert!(serve.contains("STRIPE_WEBHOOK_SECRET") && serve.contains("PAYDESK_LISTEN") && serve.contains("70"));
}

#[test]
fn the_help_text_never_shows_the_environment() {
    let place = Place::new();
    let mut command = place.command(&["serve", "--help"]);
    let help = command
        .env("DATABASE_URL", "postgres://user:canary@host/db")
        .env("STRIPE_SECRET_KEY", "sk_test_canary")
        .output()
        .unwrap();
    assert!(!text(&help.stdout).contains("canary"));
}

#[test]
fn a_wrong_command_line_or_configuration_ends_with_two() {
    let place = Place::new();
    for arguments in [
        &["nonsense"][..],
        &["serve", "--listen=nowhere"],
        &["serve"],
        &["token", "create", "x"],
    ] {
        let output = place.run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", text(&output.stderr));
        assert!(!output.stderr.is_empty());
        assert!(output.stdout.is_empty());
    }
    let unusable = place.run(&["serve"]);
    assert!(
        text(&unusable.stderr).contains("STRIPE_SECRET_KEY"),
        "{}",
        text(&unusable.stderr)
    );
}

#[test]
fn serve_says_when_it_is_ready_and_ends_well_when_asked() {
    let place = Place::new();
    for role in ["--role=all", "--role=http", "--role=worker"] {
        let (mut child, line) = place.serve(&[role]);
        assert!(
            line.contains("is ready on http://127.0.0.1:") && line.contains("test mode"),
            "{line:?}"
        );
        let killed = Command::new("kill").arg(child.id().to_string()).status().unwrap();
        assert!(killed.success());
        let status = child.wait().unwrap();
        assert_eq!(status.code(), Some(0), "{role}");
    }
}

#[test]
fn a_port_that_is_taken_is_said_with_the_remedy() {
    let place = Place::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = format!("--listen={}", taken.local_addr().unwrap());
    let output = place
        .command(&["serve", &listen])
        .env("STRIPE_SECRET_KEY", "sk_test_canary")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("--listen"), "{}", text(&output.stderr));
    assert!(!text(&output.stderr).contains("canary"));
}

#[test]
fn tokens_are_made_listed_and_revoked_beside_a_running_server() {
    let place = Place::new();
    let (mut child, _line) = place.serve(&[]);
    let made = place.run(&["token", "create", "shop", "--scope", "credits:spend,orders:read"]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    let secret = text(&made.stdout).trim().to_owned();
    let said = text(&made.stderr);
    assert!(
        said.contains("paydesk.db") && said.contains("shown this once") && !said.contains(&secret),
        "{said}"
    );
    assert!(secret.starts_with("pdk_") && secret.len() == 68, "{secret}");
    let listed = text(&place.run(&["token", "list"]).stdout);
    assert!(listed.contains("shop") && listed.contains("credits:spend orders:read") && !listed.contains(&secret));
    let id = listed.split_whitespace().next().unwrap().to_owned();
    assert!(place.run(&["token", "revoke", &id]).status.success());
    assert!(text(&place.run(&["token", "list"]).stdout).contains("revoked"));
    assert_eq!(place.run(&["token", "revoke", "tok_none"]).status.code(), Some(1));
    let unknown = place.run(&["token", "create", "x", "--scope", "credits:conjure"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(text(&unknown.stderr).contains("credits:spend"));
    assert!(
        Command::new("kill")
            .arg(child.id().to_string())
            .status()
            .unwrap()
            .success()
    );
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_command_of_the_operator_makes_no_database_and_trusts_no_foreign_one() {
    let place = Place::new();
    std::fs::write(place.0.path().join("empty.db"), "").unwrap();
    let commands: [&[&str]; 7] = [
        &["token", "create", "x", "--scope=orders:read"],
        &["token", "list"],
        &["token", "revoke", "tok_none"],
        &["events", "list"],
        &["events", "show", "evt_none"],
        &["events", "replay", "evt_none"],
        &["ledger", "verify"],
    ];
    for command in commands {
        let absent = place.run(&[command, &["--database=sqlite:absent.db"]].concat());
        assert_eq!(absent.status.code(), Some(1), "{command:?}");
        let said = text(&absent.stderr);
        let wanted = "absent.db does not exist. Name the server's database with --database or DATABASE_URL.";
        assert!(said.contains(wanted) && absent.stdout.is_empty(), "{command:?}: {said}");
        let foreign = place.run(&[command, &["--database=sqlite:empty.db"]].concat());
        assert_eq!(foreign.status.code(), Some(1), "{command:?}");
        let said = text(&foreign.stderr);
        assert!(
            said.contains("empty.db is not a paydesk database") && foreign.stdout.is_empty(),
            "{command:?}: {said}"
        );
    }
    let files = std::fs::read_dir(place.0.path()).unwrap();
    assert!(
        files
            .into_iter()
            .all(|file| !file.unwrap().file_name().to_string_lossy().starts_with("absent"))
    );
}

#[test]
fn the_printed_document_is_the_committed_one() {
    let printed = text(&Place::new().run(&["openapi"]).stdout);
    assert!(
        printed == paydesk::http::openapi::text(),
        "the command prints what the server serves"
    );
}
