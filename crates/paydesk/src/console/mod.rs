//! The console of operators: one page with its script and style, as `web/console` was built, out of the binary.
//!
//! What lives here: the files and how they are sent. They hold nothing that is not public; whatever the page shows it asks of
//! the API, as the operator who is signed in. What must not live here: anything that a program could not get from the API.

mod files;
pub mod routes;
