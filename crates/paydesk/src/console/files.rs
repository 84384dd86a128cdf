//! The files of the console and the account, which the build took in.

use aws_lc_rs::digest;

/// A file, plain and compressed.
pub(super) struct File {
    /// Its path below `/console/`.
    pub(super) name: &'static str,
    /// As it is.
    pub(super) plain: &'static [u8],
    /// With gzip.
    pub(super) packed: &'static [u8],
}

/// A page that is one of the files.
#[derive(Clone, Copy)]
pub(super) enum Page {
    /// The operators'.
    Console,
    /// A user's own.
    Account,
}

/// All of them; none where the console was not built.
const FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/console_files.rs"));

impl File {
    /// The file of this name.
    pub(super) fn find(name: &str) -> Option<&'static Self> {
        FILES.iter().find(|file| file.name == name)
    }

    /// The file of a page, where it was built.
    pub(super) fn of(page: Page) -> Option<&'static Self> {
        Self::find(match page {
            Page::Console => "index.html",
            Page::Account => "account.html",
        })
    }

    /// What it is known by: another text has another. Weak, since it is sent compressed too.
    pub(super) fn tag(&self) -> String {
        let hash = digest::digest(&digest::SHA256, self.plain);
        format!("W/\"{}\"", hex::encode(&hash.as_ref()[..16]))
    }

    /// Its type by its name's ending.
    pub(super) fn content_type(&self) -> &'static str {
        match self.name.rsplit('.').next() {
            Some("html") => "text/html; charset=utf-8",
            Some("js") => "text/javascript; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            Some("svg") => "image/svg+xml",
            _ => "application/octet-stream",
        }
    }

    /// Whether its name changes with what is in it, so that it may be kept for ever.
    pub(super) fn is_named_by_content(&self) -> bool {
        self.name.starts_with("assets/")
    }
}
