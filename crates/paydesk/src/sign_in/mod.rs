//! Who is signed in at a browser: operators at the console, by a link that the command line prints and that is good once;
//! users at their account, by a token of the application.
//!
//! What lives here: operators with their roles, links, and sessions, each a random cookie of which the hash is kept. What
//! must not live here: what a request may do, which `http::auth` decides from what is found here.

mod cookie;
mod records;
pub mod routes;
mod rules;

use axum::http::HeaderMap;
use secrecy::{ExposeSecret, SecretString};
use store::{Store, Tx};

pub use cookie::{COOKIE, is_from_own_page};
pub use records::Operator;
pub use routes::KINDS;
pub use rules::Role;

use crate::app::App;
use crate::clock::{Clock, MINUTE_US};
use crate::http::Problem;
use crate::ids::{Ids, UserId, secret_hash};

/// How long a link is good.
pub const LINK_US: i64 = 15 * MINUTE_US;
/// How long an operator stays signed in.
const OPERATOR_SESSION_US: i64 = 12 * 60 * MINUTE_US;
/// How long a user stays signed in. Short, because it outlives the token of the application that it came from.
const USER_SESSION_US: i64 = 60 * MINUTE_US;

/// Who holds a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// Somebody at the console.
    Operator(Operator),
    /// A user of the application.
    User(UserId),
}

/// A browser that is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Who holds it.
    pub holder: Holder,
    /// When it ends, microseconds.
    pub ends_at_us: i64,
}

/// A link just made. The only moment at which its secret exists outside its owner's hands.
#[derive(Debug)]
pub struct Invited {
    /// For whom.
    pub operator: Operator,
    /// The secret of the link, to be shown once.
    pub secret: SecretString,
}

/// Makes a link for the operator of this name, who is made where there is none. A role that is given becomes theirs; who is
/// new and is given none becomes a viewer. Whoever was shut out may sign in again.
pub async fn invite(store: &Store, clock: &Clock, ids: &Ids, name: &str, role: Option<Role>) -> store::Result<Invited> {
    let secret = ids.random_token("link");
    let (operator_id, hash, now_us) = (ids.next("op"), secret_hash(secret.expose_secret()), clock.now_us());
    let name = name.to_owned();
    let work = move |tx: &mut Tx<'_>| {
        let operator = match records::by_name(tx, &name)? {
            Some(known) => Operator {
                role: role.unwrap_or(known.role),
                shut_out_at_us: None,
                ..known
            },
            None => Operator {
                operator_id: operator_id.clone(),
                name: name.clone(),
                role: role.unwrap_or(Role::Viewer),
                created_at_us: now_us,
                shut_out_at_us: None,
            },
        };
        records::keep(tx, &operator)?;
        records::clear_ended(tx, now_us)?;
        records::keep_link(tx, &hash, &operator.operator_id, now_us + LINK_US)?;
        Ok(operator)
    };
    let operator = store.write(work).await?;
    Ok(Invited { operator, secret })
}

/// Everybody who was ever invited, by name.
pub async fn operators(store: &Store) -> store::Result<Vec<Operator>> {
    store.read(records::operators).await
}

/// Ends the links and the sessions of the operator of this name, at once, until they are invited again. False where there is
/// none.
pub async fn shut_out(store: &Store, clock: &Clock, name: &str) -> store::Result<bool> {
    let (name, now_us) = (name.to_owned(), clock.now_us());
    let work = move |tx: &mut Tx<'_>| {
        let Some(operator) = records::by_name(tx, &name)? else {
            return Ok(false);
        };
        records::end_all(tx, &operator.operator_id)?;
        let shut_out_at_us = operator.shut_out_at_us.or(Some(now_us));
        let shut_out = Operator {
            shut_out_at_us,
            ..operator
        };
        records::keep(tx, &shut_out)?;
        Ok(true)
    };
    store.write(work).await
}

/// A session just begun, with the secret of its cookie.
struct Begun {
    session: Session,
    secret: SecretString,
}

/// Uses up a link. `None` where it was used before, has ended or never was.
async fn follow_link(app: &App, link: &str) -> Result<Option<Begun>, Problem> {
    let secret = app.ids.random_token("session");
    let (link, hash) = (secret_hash(link), secret_hash(secret.expose_secret()));
    let now_us = app.clock.now_us();
    let work = move |tx: &mut Tx<'_>| {
        let Some(operator) = records::take_link(tx, &link, now_us)? else {
            return Ok(None);
        };
        let session = Session {
            holder: Holder::Operator(operator),
            ends_at_us: now_us + OPERATOR_SESSION_US,
        };
        records::clear_ended(tx, now_us)?;
        records::begin(tx, &hash, &session, now_us)?;
        Ok::<_, store::Error>(Some(session))
    };
    let session = app.store.write(work).await?;
    Ok(session.map(|session| Begun { session, secret }))
}

/// Signs a user in, who proved by a token of the application who they are.
async fn begin_for_user(app: &App, user_id: UserId) -> Result<Begun, Problem> {
    let secret = app.ids.random_token("session");
    let (hash, now_us) = (secret_hash(secret.expose_secret()), app.clock.now_us());
    let session = Session {
        holder: Holder::User(user_id),
        ends_at_us: now_us + USER_SESSION_US,
    };
    let kept = session.clone();
    let work = move |tx: &mut Tx<'_>| {
        records::clear_ended(tx, now_us)?;
        records::begin(tx, &hash, &kept, now_us)
    };
    app.store.write(work).await?;
    Ok(Begun { session, secret })
}

/// The session of the browser that sent these headers, where it is signed in.
pub async fn session_of(app: &App, headers: &HeaderMap) -> Result<Option<Session>, Problem> {
    let Some(secret) = cookie::secret_in(headers) else {
        return Ok(None);
    };
    let (hash, now_us) = (secret_hash(secret), app.clock.now_us());
    Ok(app.store.read(move |tx| records::session(tx, &hash, now_us)).await?)
}

/// Ends the session of the browser that sent these headers.
async fn sign_out(app: &App, headers: &HeaderMap) -> Result<(), Problem> {
    if let Some(secret) = cookie::secret_in(headers) {
        let hash = secret_hash(secret);
        app.store.write(move |tx| records::end(tx, &hash)).await?;
    }
    Ok(())
}
