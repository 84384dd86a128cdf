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
fn the_printed_document_is_the_committed_one() {
    let printed = text(&Place::new().run(&["openapi"]).stdout);
    assert!(
        printed == paydesk::http::openapi::text(),
        "the command prints what the server serves"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn bodies_that_never_end_do_not_fill_the_memory() {
    use std::io::Write;

    let place = Place::new();
    let (mut child, line) = place.serve(&["--bodies-bytes-max=16777216"]);
    // Each refusal is logged; a log that nobody reads would stop the server.
    let mut log = child.stderr.take().unwrap();
    let reading = std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
    let address = line
        .rsplit("http://")
        .next()
        .unwrap()
        .split_whitespace()
        .next()
        .unwrap();
    let address: std::net::SocketAddr = address.trim_end_matches(['.', ',']).parse().unwrap();
    let head = format!(
        "POST /api/stripe/webhook HTTP/1.1\r\nhost: x\r\nstripe-signature: t=1,v1={}\r\ncontent-length: 1000000\r\n\r\n",
        "0".repeat(64)
    );
    let body = vec![b'a'; 900_000];
    let mut held = Vec::new();
    for _ in 0..200 {
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        // Those that are refused are closed while they send.
        drop(stream.write_all(&body));
        held.push(stream);
    }
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let peak_kib: u64 = peak.split_whitespace().next().unwrap().parse().unwrap();
    assert!(peak_kib < 120 * 1024, "{peak_kib} KiB");
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    stream
        .write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        .unwrap();
    assert!(std::io::read_to_string(stream).unwrap().starts_with("HTTP/1.1 200"));
    child.kill().unwrap();
    child.wait().unwrap();
    reading.join().unwrap().unwrap();
}
