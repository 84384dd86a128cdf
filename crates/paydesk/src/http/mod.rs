//! The HTTP side: server, authentication, limits, problem documents, OpenAPI.
//!
//! It promises that every answer is typed, that every refusal says what to mend and that no secret leaves. It knows no
//! business: handlers live in the capabilities' `routes.rs`.

pub mod auth;
pub mod body;
pub mod entity_tags;
pub mod envelope;
pub(crate) mod explain;
pub mod extract;
mod faults;
pub mod health;
pub mod kinds;
pub mod one_time;
pub mod openapi;
pub mod origins;
pub mod pages;
pub mod paging;
pub mod problem;
mod queries;
pub mod rates;
pub mod reference;
pub mod routes;
pub mod server;
pub mod surroundings;
pub mod timings;

pub use body::RawBody;
pub use extract::{ApiJson, ApiPath, ApiQuery};
pub use one_time::{OneTime, OneTimeBare, OneTimeJson};
pub use problem::{Kind, Problem};
pub use surroundings::Surroundings;
