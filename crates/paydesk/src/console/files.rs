//! The files of the console, which the build took in.

use std::sync::LazyLock;

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

/// All of them; none where the console was not built.
const FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/console_files.rs"));

/// The page.
const INDEX: &str = "index.html";

impl File {
    /// The file of this name.
    pub(super) fn find(name: &str) -> Option<&'static Self> {
        FILES.iter().find(|file| file.name == name)
    }

    /// The page, where it was built.
    pub(super) fn index() -> Option<&'static Self> {
        Self::find(INDEX)
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

/// What the page is known by: another page has another. Weak, since it is sent compressed too.
pub(super) static INDEX_TAG: LazyLock<String> = LazyLock::new(|| {
    let plain = File::index().map_or(&b""[..], |file| file.plain);
    let hash = digest::digest(&digest::SHA256, plain);
    format!("W/\"{}\"", hex::encode(&hash.as_ref()[..16]))
});
