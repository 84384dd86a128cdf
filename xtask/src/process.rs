//! Starting other programs: one way to run to the end, one way to hold a server and stop it by its process id.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use anyhow::{Context as _, Result, bail};

/// The root of the workspace, wherever the command was called from.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask is a folder of the workspace")
}

/// The folder for everything that is built or fetched, as cargo sees it.
pub(crate) fn target() -> Result<PathBuf> {
    let metadata = output(&mut cargo(&[
        "metadata",
        "--format-version",
        "1",
        "--no-deps",
        "--locked",
    ]))?;
    let metadata: serde_json::Value = serde_json::from_str(&metadata)?;
    metadata["target_directory"]
        .as_str()
        .map(PathBuf::from)
        .context("cargo metadata names no target folder")
}

/// `cargo` as it called us, from the root of the workspace.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(root());
    command
}

/// Runs to the end with our own output; anything but success is an error that repeats the command line.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("cannot start {}", line(command)))?;
    if !status.success() {
        bail!("`{}` ended with {status}", line(command));
    }
    Ok(())
}

/// Runs to the end and returns what it printed; its error output goes to ours.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start {}", line(command)))?;
    if !output.status.success() {
        bail!("`{}` ended with {}", line(command), output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{}` printed no text", line(command)))
}

/// The first program of that name in PATH.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|candidate| candidate.is_file())
}

/// The command as a person would type it.
fn line(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The product, built without optimisation as for the tests; stopped when we die.
///
/// It is the very binary of the Rust tests: cargo joins the features of all that is built at once, so that a build of the product
/// alone would compile it, and a dozen crates under it, a second time.
pub(crate) fn paydesk() -> Result<Command> {
    run(&mut cargo(&["test", "--locked", "--workspace", "--no-run", "--quiet"]))?;
    Ok(mortal(&target()?.join("debug/paydesk"), None))
}

/// `paydesk dev` on free ports, in a folder of its own that `beginning` says what to begin with.
pub(crate) fn paydesk_beside_sandbox(data: &Path, beginning: &str) -> Result<Command> {
    let mut command = paydesk()?;
    if data.exists() {
        fs::remove_dir_all(data).context("cannot remove the data of an earlier run")?;
    }
    fs::create_dir_all(data)?;
    command
        .args([
            "dev",
            beginning,
            "--port",
            "0",
            "--sandbox-listen",
            "127.0.0.1:0",
            "--data",
        ])
        .arg(data)
        .current_dir(root())
        .env_remove("DATABASE_URL")
        .env("PAYDESK_LOG", "warn")
        .stdout(Stdio::piped());
    Ok(command)
}

/// The loopback address that a server says it listens on.
pub(crate) fn local_address(line: &str) -> Result<SocketAddr> {
    line.split(|next: char| next.is_whitespace() || next == '/')
        .find_map(|word| word.parse().ok())
        .with_context(|| format!("no address in `{line}`"))
}

/// A program that the kernel stops when we die in a way that leaves us no time to do it, where the system has a helper for that.
pub(crate) fn mortal(program: &Path, user: Option<(u32, u32)>) -> Command {
    let Some(setpriv) = find("setpriv") else {
        return Command::new(program);
    };
    let mut command = Command::new(setpriv);
    command.args(["--pdeathsig", "INT"]);
    if let Some((user, group)) = user {
        command
            .args([format!("--reuid={user}"), format!("--regid={group}")])
            .arg("--clear-groups");
    }
    command.arg("--").arg(program);
    command
}

/// A server that we started. Dropping it sends the signal it stops cleanly on, and waits until it is gone.
pub(crate) struct Server {
    child: Child,
    stop_signal: &'static str,
}

impl Server {
    pub(crate) fn start(command: &mut Command, stop_signal: &'static str) -> Result<Self> {
        let child = command
            .spawn()
            .with_context(|| format!("cannot start {}", line(command)))?;
        Ok(Self { child, stop_signal })
    }

    /// Reads what the server prints until a line says that it is ready, then keeps draining it in the background so that the server
    /// never blocks on a full pipe. When the output ends first, all lines read are the error.
    pub(crate) fn wait_for_line(&mut self, ready: &str) -> Result<String> {
        let output: Box<dyn Read + Send> = match (self.child.stdout.take(), self.child.stderr.take()) {
            (Some(output), None) => Box::new(output),
            (None, Some(output)) => Box::new(output),
            _ => bail!("exactly one output of a server is piped: the one it says on that it is ready"),
        };
        let mut lines = BufReader::new(output).lines();
        let mut seen = String::new();
        for line in lines.by_ref() {
            let line = line.context("the server's output cannot be read")?;
            if line.contains(ready) {
                std::thread::spawn(move || lines.for_each(drop));
                return Ok(line);
            }
            seen.push_str(&line);
            seen.push('\n');
        }
        bail!("the server ended before it was ready; it said:\n{seen}")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let asked = Command::new("kill")
            .arg(self.stop_signal)
            .arg(self.child.id().to_string())
            .status();
        if !asked.is_ok_and(|status| status.success()) {
            // Already gone, or no `kill` program: make sure, the result no longer matters.
            drop(self.child.kill());
        }
        drop(self.child.wait());
    }
}

#[cfg(test)]
mod tests {
    use super::local_address;

    #[test]
    fn the_address_is_read_from_what_a_server_says() {
        let check = |line: &str| local_address(line).map(|address| address.port()).ok();
        assert_eq!(check("ready. Buy something: http://127.0.0.1:9002/shop"), Some(9002));
        assert_eq!(
            check("ready on http://127.0.0.1:12111 with the key sk_test"),
            Some(12111)
        );
        assert_eq!(check("ready"), None);
    }
}
