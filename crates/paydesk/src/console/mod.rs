//! The console of operators and the account of users: a page each with its script and style, as `web/console` was built, out of the
//! binary.
//!
//! What lives here: the files and how they are sent. They hold nothing that is not public; whatever a page shows it asks of
//! the API, as whoever is signed in. What must not live here: anything that a program could not get from the API.

mod files;
pub mod routes;

/// Whether this binary was built with the console in it.
pub fn is_built() -> bool {
    files::File::of(files::Page::Console).is_some()
}
