//! A throw-away PostgreSQL for the tests: found, installed where we may, started in a scratch folder, stopped and removed at the end.
//!
//! The server is our own child and not a daemon: an interrupt from the terminal reaches it too.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail};

use crate::{
    debian,
    process::{self, Server},
};

/// A run of the tests needs a tenth of this, the log included.
const MEMORY_MIN_KIB: u64 = 2 * 1024 * 1024;

/// Whether commits reach the disk. Tests run without; whoever measures or kills needs them with it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    Scratch,
    Fsync,
}

impl Durability {
    /// How large the log may grow between checkpoints. What is kept in memory had better stay small.
    fn log_max(self) -> &'static str {
        match self {
            Self::Scratch => "512MB",
            Self::Fsync => "4GB",
        }
    }
}

/// A running cluster. It is gone when this value is.
pub(crate) struct Cluster {
    url: String,
    // Dropped in this order: the server stops before its folder is removed.
    _server: Option<Server>,
    _folder: Option<Folder>,
}

impl Cluster {
    /// The one `DATABASE_URL` given by the caller's environment, or a cluster of our own.
    pub(crate) fn given_or_started(durability: Durability) -> Result<Self> {
        if let Ok(url) = std::env::var("DATABASE_URL") {
            println!("    using the PostgreSQL of DATABASE_URL");
            return Ok(Self {
                url,
                _server: None,
                _folder: None,
            });
        }
        let programs = programs()?;
        start(&programs, durability)
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

/// `cargo xtask with-postgres [--fsync] -- <command>`.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let (options, command) = match arguments.iter().position(|word| word == "--") {
        Some(at) => (&arguments[..at], &arguments[at + 1..]),
        None => bail!("say what to run after `--`"),
    };
    let durability = match options {
        [] => Durability::Scratch,
        [word] if word == "--fsync" => Durability::Fsync,
        _ => bail!("the only option is --fsync"),
    };
    let [program, rest @ ..] = command else {
        bail!("say what to run after `--`")
    };
    let cluster = Cluster::given_or_started(durability)?;
    process::run(Command::new(program).args(rest).env("DATABASE_URL", cluster.url()))
}

/// The folder that holds `initdb` and `postgres`: from PATH, from Debian's own place, or after an installation.
fn programs() -> Result<PathBuf> {
    if let Some(found) = find_programs() {
        return Ok(found);
    }
    keep_debian_from_starting_a_cluster()?;
    debian::install(
        "postgresql",
        "the PostgreSQL server (14 or newer), which half of the tests run on,",
    )?;
    find_programs().context("PostgreSQL was installed, but initdb is neither in PATH nor in /usr/lib/postgresql")
}

fn find_programs() -> Option<PathBuf> {
    if let (Some(initdb), Some(_)) = (process::find("initdb"), process::find("postgres")) {
        return initdb.parent().map(Path::to_owned);
    }
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let version = path.file_name()?.to_str()?.parse().ok()?;
            Some((version, path.join("bin")))
        })
        .filter(|(_, folder)| folder.join("initdb").is_file() && folder.join("postgres").is_file())
        .collect();
    versions.sort();
    versions.pop().map(|(_, folder)| folder)
}

/// Debian's package makes and starts a cluster when it is installed. Its own switch against that is read before the first one.
fn keep_debian_from_starting_a_cluster() -> Result<()> {
    let switch = Path::new("/etc/postgresql-common/createcluster.conf");
    if debian::is_root() && process::find("apt-get").is_some() && !switch.exists() {
        fs::create_dir_all("/etc/postgresql-common")?;
        fs::write(switch, "create_main_cluster = false\n")?;
    }
    Ok(())
}

fn start(programs: &Path, durability: Durability) -> Result<Cluster> {
    let owner = server_owner()?;
    let folder = Folder::create(owner.as_ref(), durability)?;
    let data = folder.0.join("data");
    let locale = [
        "--locale=C",
        "--encoding=UTF8",
        "--username=postgres",
        "--auth=trust",
        "--no-sync",
        "--pgdata",
    ];
    process::run(
        as_owner(&programs.join("initdb"), owner.as_ref())
            .args(locale)
            .arg(&data)
            .current_dir(&folder.0)
            .stdout(Stdio::null()),
    )?;
    let port = free_port()?;
    let fsync = if durability == Durability::Fsync { "on" } else { "off" };
    let mut command = as_owner(&programs.join("postgres"), owner.as_ref());
    command
        .arg("-D")
        .arg(&data)
        .current_dir(&folder.0)
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stderr(Stdio::piped());
    for setting in [
        format!("port={port}"),
        "listen_addresses=127.0.0.1".to_owned(),
        format!("unix_socket_directories={}", folder.0.display()),
        "max_connections=200".to_owned(),
        "shared_buffers=256MB".to_owned(),
        format!("fsync={fsync}"),
        format!("full_page_writes={fsync}"),
        format!("max_wal_size={}", durability.log_max()),
        "logging_collector=off".to_owned(),
        "log_destination=stderr".to_owned(),
        "log_min_messages=error".to_owned(),
        "lc_messages=C".to_owned(),
    ] {
        command.arg("-c").arg(setting);
    }
    // Immediate shutdown: nothing in a throw-away cluster is worth a checkpoint.
    let mut server = Server::start(&mut command, "-QUIT")?;
    server.wait_for_line("database system is ready to accept connections")?;
    println!("    PostgreSQL on port {port} in {}, fsync={fsync}", folder.0.display());
    let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
    Ok(Cluster {
        url,
        _server: Some(server),
        _folder: Some(folder),
    })
}

/// A port that was free a moment ago; the server fails loudly if somebody takes it in between.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// A user of the system, as its line in /etc/passwd tells.
struct Owner {
    name: String,
    user: u32,
    group: u32,
}

/// PostgreSQL refuses to run as root; then it runs as its own user, or as nobody.
fn server_owner() -> Result<Option<Owner>> {
    if !debian::is_root() {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd").context("cannot read the system's users")?;
    ["postgres", "nobody"]
        .iter()
        .find_map(|name| owner_named(&users, name))
        .map(Some)
        .context("the server refuses to run as root, and there is neither a user postgres nor nobody")
}

fn owner_named(users: &str, name: &str) -> Option<Owner> {
    users.lines().find_map(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        let [found, _, user, group, ..] = fields[..] else {
            return None;
        };
        (found == name).then_some(())?;
        Some(Owner {
            name: name.to_owned(),
            user: user.parse().ok()?,
            group: group.parse().ok()?,
        })
    })
}

/// The program as the server's owner.
fn as_owner(program: &Path, owner: Option<&Owner>) -> Command {
    let mut command = match owner {
        Some(owner) if process::find("setpriv").is_none() => {
            let mut command = Command::new("runuser");
            command.args(["-u", &owner.name, "--"]).arg(program);
            command
        }
        _ => process::mortal(program, owner.map(|owner| (owner.user, owner.group))),
    };
    command.env_remove("PGDATA");
    command
}

/// A folder which the server's owner can reach; removed when dropped.
struct Folder(PathBuf);

impl Folder {
    fn create(owner: Option<&Owner>, durability: Durability) -> Result<Self> {
        let path = scratch_place(durability).join(format!("paydesk-postgres-{}", std::process::id()));
        if path.exists() {
            fs::remove_dir_all(&path).context("cannot remove what an earlier run left")?;
        }
        fs::create_dir(&path).with_context(|| format!("cannot make {}", path.display()))?;
        if let Some(owner) = owner {
            std::os::unix::fs::chown(&path, Some(owner.user), Some(owner.group))?;
        }
        Ok(Self(path))
    }
}

/// Memory where there is enough of it and nothing is to reach the disk, else the system's own place. Every test makes a
/// database of some six hundred files and drops it, and ext4 is slow to make files where many were just removed: on a disk a
/// third of all processor time went into its search for an inode.
fn scratch_place(durability: Durability) -> PathBuf {
    let memory = Path::new("/dev/shm");
    if durability == Durability::Scratch && available_kib(memory).is_some_and(|kib| kib >= MEMORY_MIN_KIB) {
        return memory.to_owned();
    }
    std::env::temp_dir()
}

/// What is free on the file system of a folder, in KiB, where `df` can tell.
fn available_kib(folder: &Path) -> Option<u64> {
    let asked = Command::new("df")
        .args(["-k", "--output=avail"])
        .arg(folder)
        .output()
        .ok()?;
    let text = String::from_utf8(asked.stdout).ok()?;
    text.lines().last()?.trim().parse().ok()
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left behind in the scratch place harms nothing.
        drop(fs::remove_dir_all(&self.0));
    }
}

#[cfg(test)]
mod tests {
    use super::owner_named;

    #[test]
    fn the_owner_is_read_from_its_own_line() {
        let users = "root:x:0:0:root:/root:/bin/bash\nnot-postgres:x:7:8::/:\npostgres:x:101:104:PostgreSQL,,,:/var:/bin/bash\n";
        let owner = owner_named(users, "postgres").unwrap();
        assert_eq!((owner.user, owner.group), (101, 104));
        assert!(owner_named(users, "nobody").is_none());
    }
}
