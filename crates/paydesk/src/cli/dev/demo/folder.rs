//! The data folder: whether a demo belongs into it, and how one gets there whole or not at all.
//!
//! A demo is made in a scratch folder inside it and moved when it is done: first the sandbox's state, then the database, whose
//! being there makes the folder one that is in use. Whatever a process leaves that dies in between is told apart at the next
//! start. What must never happen here: that something outside the scratch folder is written over or removed.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

/// The database's file.
pub(in super::super) const DATABASE: &str = "paydesk.db";
/// The file of the sandbox's state.
pub(in super::super) const STATE: &str = "sandbox.json";
/// Where a demo is made.
const SCRATCH: &str = "demo.unfinished";

/// What a data folder holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in super::super) enum Holds {
    /// Data: no demo is made for it any more.
    Data,
    /// Nothing.
    Nothing,
    /// A demo that was never finished, and nothing else.
    UnfinishedDemo,
}

/// A data folder, which nobody else makes a demo in while this lives.
pub(in super::super) struct Folder {
    path: PathBuf,
    _lock: File,
}

impl Folder {
    /// Takes the folder. Finishes the moving of a demo that was done; removes what is left of one that was not.
    pub(in super::super) fn take(path: &Path) -> anyhow::Result<(Self, Holds)> {
        let lock = File::open(path).with_context(|| format!("cannot open the folder {}", path.display()))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                bail!("another process is just starting with the folder {}", path.display())
            }
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("cannot lock the folder {}", path.display()));
            }
        }
        let folder = Self {
            path: path.to_owned(),
            _lock: lock,
        };
        let holds = folder.look()?;
        Ok((folder, holds))
    }

    fn look(&self) -> anyhow::Result<Holds> {
        let scratch = self.scratch();
        let is_there = |folder: &Path, name: &str| folder.join(name).exists();
        let state_is_there = is_there(&self.path, STATE);
        if state_is_there
            && !is_there(&self.path, DATABASE)
            && is_there(&scratch, DATABASE)
            && !is_there(&scratch, STATE)
        {
            // It was done, and died between its two steps.
            self.move_in(DATABASE)?;
        }
        let was_unfinished = scratch.exists();
        if was_unfinished {
            fs::remove_dir_all(&scratch).with_context(|| format!("cannot remove {}", scratch.display()))?;
        }
        Ok(if state_is_there || is_there(&self.path, DATABASE) {
            Holds::Data
        } else if was_unfinished {
            Holds::UnfinishedDemo
        } else {
            Holds::Nothing
        })
    }

    fn scratch(&self) -> PathBuf {
        self.path.join(SCRATCH)
    }

    /// Makes the scratch folder. Gives where the database and the sandbox's state belong in it.
    pub(super) fn begin(&self) -> anyhow::Result<(PathBuf, PathBuf)> {
        let scratch = self.scratch();
        fs::create_dir(&scratch).with_context(|| format!("cannot make the folder {}", scratch.display()))?;
        Ok((scratch.join(DATABASE), scratch.join(STATE)))
    }

    /// Moves what was made to where it belongs. The database must have been closed.
    pub(super) fn finish(&self) -> anyhow::Result<()> {
        let scratch = self.scratch();
        // What is beside a database belongs to it, and a database that is closed has nothing beside it but its lock.
        for entry in fs::read_dir(&scratch).with_context(|| format!("cannot read {}", scratch.display()))? {
            let name = entry?.file_name();
            let name = name.to_string_lossy();
            if name.starts_with(DATABASE) && name != DATABASE && !name.ends_with(".lock") {
                bail!("the database was not closed: {name} is there");
            }
        }
        self.move_in(STATE)?;
        self.move_in(DATABASE)?;
        fs::remove_dir_all(&scratch).with_context(|| format!("cannot remove {}", scratch.display()))
    }

    /// Removes what was made of a demo that comes to nothing.
    pub(super) fn give_up(&self) {
        if let Err(error) = fs::remove_dir_all(self.scratch()) {
            tracing::warn!(%error, "what was made of the demo could not be removed");
        }
    }

    fn move_in(&self, name: &str) -> anyhow::Result<()> {
        let (from, to) = (self.scratch().join(name), self.path.join(name));
        let moved = || {
            File::open(&from)?.sync_all()?;
            fs::rename(&from, &to)?;
            File::open(&self.path)?.sync_all()
        };
        moved().with_context(|| format!("cannot move {} to {}", from.display(), to.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with these files, and what it is taken for.
    fn check(files: &[&str], wanted: Holds, left: &[&str]) {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, file).unwrap();
        }
        let (_folder, holds) = Folder::take(folder.path()).unwrap();
        assert_eq!(holds, wanted, "{files:?}");
        let mut names: Vec<String> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, left, "{files:?}");
    }

    #[test]
    fn what_a_process_left_that_died_is_told_apart() {
        check(&[], Holds::Nothing, &[]);
        check(&["admin-token"], Holds::Nothing, &["admin-token"]);
        check(&["paydesk.db"], Holds::Data, &["paydesk.db"]);
        check(&["sandbox.json"], Holds::Data, &["sandbox.json"]);
        let whole = ["paydesk.db", "sandbox.json"];
        check(&whole, Holds::Data, &whole);
        check(&["demo.unfinished/paydesk.db"], Holds::UnfinishedDemo, &[]);
        // All was made, and nothing moved: it is made again.
        let made = ["demo.unfinished/paydesk.db", "demo.unfinished/sandbox.json"];
        check(&made, Holds::UnfinishedDemo, &[]);
        check(&["sandbox.json", "demo.unfinished/paydesk.db"], Holds::Data, &whole);
        check(
            &["paydesk.db", "sandbox.json", "demo.unfinished/paydesk.db.lock"],
            Holds::Data,
            &whole,
        );
        // Data that somebody brought there meanwhile stays as it is.
        check(
            &["paydesk.db", "demo.unfinished/paydesk.db"],
            Holds::Data,
            &["paydesk.db"],
        );
    }

    #[test]
    fn a_demo_is_moved_whole_and_only_once_its_database_is_closed() {
        let data = tempfile::tempdir().unwrap();
        let (folder, _) = Folder::take(data.path()).unwrap();
        let (database, state) = folder.begin().unwrap();
        fs::write(&database, "rows").unwrap();
        fs::write(&state, "objects").unwrap();
        let log = database.with_extension("db-wal");
        fs::write(&log, "rows").unwrap();
        assert!(folder.finish().unwrap_err().to_string().contains("not closed"));
        assert!(!data.path().join(STATE).exists());
        fs::remove_file(log).unwrap();
        folder.finish().unwrap();
        let read = |name: &str| fs::read_to_string(data.path().join(name)).unwrap();
        assert_eq!((read(DATABASE).as_str(), read(STATE).as_str()), ("rows", "objects"));
        assert!(Folder::take(data.path()).is_err(), "it is taken");
    }
}
