//! The program itself: what it prints, and the code it ends with.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

const CATALOGUE: &str = "[shop]\nname = \"Test shop\"\ncurrency = \"usd\"\n\n[[credit_pack]]\nid = \"starter\"\n\
                         name = \"Starter\"\ncredits = 100\nprices = { usd = 1000 }\n";

/// A folder with a catalogue, and a command that starts in it with an empty environment.
pub(crate) struct Place(pub(crate) TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("paydesk.toml"), CATALOGUE).unwrap();
        Self(folder)
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_paydesk"));
        command.args(arguments).env_clear().current_dir(self.0.path());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
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

/// Asks a server that has said where it is, and gives the whole answer.
pub(crate) fn ask(ready: &str, request: &str, header: &str) -> String {
    send(ready, request, header, "")
}

/// The same with a body.
fn send(ready: &str, request: &str, header: &str, body: &str) -> String {
    let address = ready.split_once("http://").unwrap().1.split([' ', '/']).next().unwrap();
    let mut stream = TcpStream::connect(address.trim()).unwrap();
    let length = body.len();
    let head = format!(
        "{request} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {length}\r\n{header}\r\n{body}"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// Asks a process to stop, and gives what it said on its two streams since.
pub(crate) fn stop(mut child: Child) -> (String, String) {
    assert!(
        Command::new("kill")
            .arg(child.id().to_string())
            .status()
            .unwrap()
            .success()
    );
    let (mut output, mut errors) = (String::new(), String::new());
    child.stdout.take().unwrap().read_to_string(&mut output).unwrap();
    child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
    assert!(child.wait().unwrap().success(), "{errors}");
    (output, errors)
}

/// The owner's, the group's and the others' rights to a file.
fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn help_lists_the_commands_the_secrets_and_the_exit_codes() {
    let place = Place::new();
    let help = place.run(&["--help"]);
    assert!(help.status.success());
    for word in ["serve", "edge", "dev", "sandbox", "token", "openapi", "Exit codes"] {
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
        &["token", "list", "--database=postgress://user@host/name"],
        &["ledger", "verify", "--database=paydesk.db"],
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
    assert!(
        !place.0.path().join("paydesk.db").exists(),
        "nothing is changed where the port is taken"
    );
    assert!(text(&output.stderr).contains("--listen"), "{}", text(&output.stderr));
    assert!(!text(&output.stderr).contains("canary"));
}

#[test]
fn what_a_server_lacks_it_says_at_start_and_its_counters_begin_at_zero() {
    let place = Place::new();
    let mut child = place
        .command(&["serve", "--listen=127.0.0.1:0"])
        .env("STRIPE_SECRET_KEY", "sk_test_canary")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut ready = String::new();
    BufReader::new(child.stdout.as_mut().unwrap())
        .read_line(&mut ready)
        .unwrap();
    let metrics = ask(&ready, "GET /metrics", "");
    for series in [
        "paydesk_webhook_rejected_total",
        "paydesk_inbox_failed_total",
        "paydesk_inbox_handled_total{status=\"processed\"}",
        "paydesk_inbox_handled_total{status=\"ignored\"}",
        "paydesk_inbox_handled_total{status=\"dead\"}",
        "paydesk_credits_refused_total",
        "paydesk_ledger_sealed_total",
        "paydesk_subscription_reads_total{outcome=\"taken_in\"}",
        "paydesk_subscription_reads_total{outcome=\"failed\"}",
    ] {
        let name = series.split('{').next().unwrap();
        assert!(metrics.contains(&format!("\n{series} 0\n")), "{series}: {metrics}");
        assert!(metrics.contains(&format!("# HELP {name} ")), "{series}");
    }
    let refused = ask(&ready, "POST /api/stripe/webhook", "Stripe-Signature: t=1,v1=00\r\n");
    assert!(
        refused.starts_with("HTTP/1.1 400") && refused.contains("No signing secret is configured."),
        "{refused}"
    );
    let unknown = ask(&ready, "GET /api/orders", "");
    assert!(unknown.starts_with("HTTP/1.1 401"), "{unknown}");
    assert_eq!(mode(&place.0.path().join("paydesk.db")), 0o600);
    let (_output, errors) = stop(child);
    for name in ["STRIPE_WEBHOOK_SECRET", "PAYDESK_JWT_SECRET", "PAYDESK_ADMIN_TOKEN"] {
        let warned = errors.lines().any(|line| line.contains("WARN") && line.contains(name));
        assert!(warned, "{name}: {errors}");
    }
    assert!(errors.contains("there is no Authorization header"), "{errors}");
}

/// A command that starts `dev` on free ports.
pub(crate) fn dev(place: &Place, flags: &[&str]) -> Command {
    let mut command = place.command(&["dev", "--port=0", "--sandbox-listen=127.0.0.1:0"]);
    command.args(flags).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Starts `dev` with an empty shop, and gives its banner.
fn develop(place: &Place, environment: &[(&str, &str)]) -> (Child, String) {
    banner_of(dev(place, &["--empty"]).envs(environment.iter().copied()))
}

/// Starts `dev` and gives its banner.
pub(crate) fn banner_of(command: &mut Command) -> (Child, String) {
    let mut child = command.spawn().unwrap();
    let lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    let mut banner = String::new();
    for line in lines.map(Result::unwrap) {
        banner.push_str(&line);
        banner.push('\n');
        if line.contains("token of user_demo") {
            break;
        }
    }
    (child, banner)
}

#[test]
fn dev_keeps_away_from_what_the_environment_is_set_up_for() {
    let place = Place::new();
    let environment = [
        ("DATABASE_URL", "sqlite:production.db"),
        ("PAYDESK_ADMIN_TOKEN", "canary-admin-0123456789"),
        ("PAYDESK_JWT_SECRET", "canary-jwt-0123456789abcdef0123456789"),
    ];
    let (child, banner) = develop(&place, &environment);
    assert!(!banner.contains("canary") && !banner.contains("eyJ"), "{banner}");
    let (_output, errors) = stop(child);
    assert!(errors.contains("DATABASE_URL is ignored"), "{errors}");
    assert!(!place.0.path().join("production.db").exists());
    assert!(place.0.path().join("data/paydesk.db").exists());
}

#[test]
fn dev_says_what_is_needed_and_says_the_same_after_a_restart() {
    let place = Place::new();
    let (child, banner) = develop(&place, &[]);
    for part in [
        "/shop",
        "sk_test_sandbox_0123456789abcdef",
        "whsec_sandbox_on_this_machine_only",
        "--database sqlite:data/paydesk.db",
    ] {
        assert!(banner.contains(part), "{part}: {banner}");
    }
    let shown = |banner: &str| {
        banner
            .lines()
            .find(|line| line.contains("admin token"))
            .unwrap()
            .to_owned()
    };
    let page = ask(&banner, "GET /shop", "");
    assert!(page.contains("Test shop"), "{page}");
    let (_output, errors) = stop(child);
    assert!(!errors.contains("demo"), "{errors}");
    for name in ["paydesk.db", "sandbox.json", "admin-token", "jwt-secret"] {
        assert_eq!(mode(&place.0.path().join("data").join(name)), 0o600, "{name}");
    }
    let (child, again) = develop(&place, &[]);
    assert_eq!(shown(&banner), shown(&again));
    stop(child);
    let listed = place.run(&["events", "list", "--type=no.such", "--database=sqlite:data/paydesk.db"]);
    assert!(listed.status.success() && listed.stdout.is_empty());
    assert!(text(&listed.stderr).contains("no such events"));
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
fn keys_are_listed_and_revoked_beside_a_running_server() {
    let place = Place::new();
    let (child, ready) = place.serve(&[]);
    let made = place.run(&["token", "create", "shop", "--scope", "keys:write,keys:verify"]);
    let headers = format!(
        "Authorization: Bearer {}\r\nIdempotency-Key: one\r\nContent-Type: application/json\r\n",
        text(&made.stdout).trim()
    );
    let wanted = r#"{"name": "build server", "user_id": "ada"}"#;
    let answer = send(&ready, "POST /api/keys", &headers, wanted);
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let shown: serde_json::Value = serde_json::from_str(body).unwrap();
    let (key_id, secret) = (shown["key_id"].as_str().unwrap(), shown["secret"].as_str().unwrap());
    let verified = || {
        send(
            &ready,
            "POST /api/keys/verify",
            &headers,
            &format!(r#"{{"key": "{secret}"}}"#),
        )
    };
    assert!(verified().contains(r#""valid":true"#));
    let listed = text(&place.run(&["keys", "list", "--user=ada"]).stdout);
    assert!(
        listed.starts_with(key_id) && listed.contains("active  build server"),
        "{listed}"
    );
    assert!(!listed.contains(secret));
    assert!(place.run(&["keys", "revoke", key_id]).status.success());
    assert!(verified().contains(r#""reason":"revoked""#));
    assert!(text(&place.run(&["keys", "list", "--user=ada"]).stdout).contains("revoked"));
    assert!(text(&place.run(&["keys", "list", "--user=bob"]).stderr).contains("no keys"));
    assert_eq!(place.run(&["keys", "revoke", "key_none"]).status.code(), Some(1));
    stop(child);
}

#[test]
fn an_anchor_holds_the_books_to_what_was_signed() {
    let place = Place::new();
    let post = |file: &str, transfers: &str, seed: &str| {
        let (database, transfers) = (format!("--database=sqlite:{file}"), format!("--transfers={transfers}"));
        let seed = format!("--seed={seed}");
        let posted = place.run(&[
            "bench",
            "post",
            &database,
            "--wallets=9",
            "--batch=64",
            &transfers,
            &seed,
        ]);
        assert!(posted.status.success(), "{}", text(&posted.stderr));
        assert!(text(&posted.stdout).contains("posted"), "{}", text(&posted.stdout));
    };
    let verify = |file: &str, arguments: &[&str]| {
        let database = format!("--database=sqlite:{file}");
        place.run(&[&["ledger", "verify", &database], arguments].concat())
    };
    let made = place.run(&["ledger", "key", "--out=signing.key"]);
    let public = text(&made.stdout).trim().to_owned();
    assert!(made.status.success() && public.len() == 64, "{}", text(&made.stderr));
    assert_eq!(mode(&place.0.path().join("signing.key")), 0o600);
    assert_eq!(
        place.run(&["ledger", "key", "--out=signing.key"]).status.code(),
        Some(1)
    );

    post("books.db", "200", "1");
    let anchor = [
        "ledger",
        "anchor",
        "--database=sqlite:books.db",
        "--key=signing.key",
        "--out=first.anchor",
    ];
    let anchored = place.run(&anchor);
    assert!(anchored.status.success(), "{}", text(&anchored.stderr));
    assert_eq!(
        place.run(&anchor).status.code(),
        Some(1),
        "an anchor is never overwritten"
    );
    post("books.db", "100", "2");
    let trusted = format!("--public-key={public}");
    let verified = verify("books.db", &["--anchor=first.anchor", &trusted]);
    let said = text(&verified.stdout);
    assert!(verified.status.success() && said.contains("300 transfers"), "{said}");
    assert!(said.contains("goes through the anchor"), "{said}");

    // Other books verify, but are not those that were anchored; and where too little is there, what was is gone.
    post("other.db", "250", "1");
    assert!(verify("other.db", &[]).status.success());
    let other = verify("other.db", &["--anchor=first.anchor", &trusted]);
    let said = text(&other.stdout);
    assert!(
        other.status.code() == Some(1) && said.contains("is not the one that was anchored"),
        "{said}"
    );

    // An anchor that was changed, or that somebody else has signed, is not believed.
    let file = place.0.path().join("first.anchor");
    let written = std::fs::read_to_string(&file).unwrap();
    let changed = written.replace("\"transfers\": 200", "\"transfers\": 199");
    assert_ne!(written, changed, "{written}");
    std::fs::write(place.0.path().join("changed.anchor"), changed).unwrap();
    let refused = verify("books.db", &["--anchor=changed.anchor", &trusted]);
    assert!(refused.status.code() == Some(1) && text(&refused.stderr).contains("signature does not fit"));
    let stranger = text(&place.run(&["ledger", "key", "--out=other.key"]).stdout);
    let refused = verify(
        "books.db",
        &["--anchor=first.anchor", &format!("--public-key={}", stranger.trim())],
    );
    assert!(refused.status.code() == Some(1) && text(&refused.stderr).contains("another key"));
}

#[test]
fn a_command_of_the_operator_makes_no_database_and_trusts_no_foreign_one() {
    let place = Place::new();
    std::fs::write(place.0.path().join("empty.db"), "").unwrap();
    assert!(place.run(&["ledger", "key", "--out=signing.key"]).status.success());
    let commands: [&[&str]; 10] = [
        &["keys", "list", "--user=ada"],
        &["keys", "revoke", "key_none"],
        &["token", "create", "x", "--scope=orders:read"],
        &["token", "list"],
        &["token", "revoke", "tok_none"],
        &["events", "list"],
        &["events", "show", "evt_none"],
        &["events", "replay", "evt_none"],
        &["ledger", "verify"],
        &["ledger", "anchor", "--key=signing.key", "--out=absent.anchor"],
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
