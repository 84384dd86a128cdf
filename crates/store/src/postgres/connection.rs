//! One connection: how it is made, what is set on it, and what it says outside of any answer.

use std::collections::HashMap;
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio_postgres::error::Severity;
use tokio_postgres::{AsyncMessage, Client, Config, NoTls, Statement};

use super::fault;
use crate::sql::Plan;
use crate::{Error, Options, Result};

/// How connections are made, and the limits that hold on them.
#[derive(Clone)]
pub(crate) struct Settings {
    config: Config,
    pub(super) connect_timeout: Duration,
    pub(super) statement_timeout: Duration,
    pub(super) commit_timeout: Duration,
    pub(super) queue_timeout: Duration,
}

impl Settings {
    pub(crate) fn of(url: &str, options: &Options) -> Result<Self> {
        let wrong = |error| Error::Engine(format!("the address of the database is not understood: {error}"));
        let mut config: Config = url.parse().map_err(wrong)?;
        // A standby must never be asked: what it says may be behind.
        config.target_session_attrs(tokio_postgres::config::TargetSessionAttrs::ReadWrite);
        config.connect_timeout(options.connect_timeout);
        config.tcp_user_timeout(options.statement_timeout);
        config.keepalives_idle(Duration::from_secs(30));
        Ok(Self {
            config,
            connect_timeout: options.connect_timeout,
            statement_timeout: options.statement_timeout,
            commit_timeout: options.commit_timeout,
            queue_timeout: options.queue_timeout,
        })
    }

    /// How long an answer is waited for: the server's own limit, and then some for the way.
    pub(super) fn answer_timeout(&self) -> Duration {
        self.statement_timeout + Duration::from_secs(1)
    }
}

/// A statement prepared on one connection.
pub(crate) struct Prepared {
    pub(super) plan: Plan,
    pub(super) statement: Statement,
}

/// A live connection and what is prepared on it.
pub(crate) struct Connection {
    pub(super) client: Client,
    pub(super) prepared: HashMap<(usize, usize), Arc<Prepared>>,
    pub(super) warned: Arc<AtomicBool>,
}

/// The runtime that drives one thread's connections.
pub(crate) fn runtime() -> Result<Runtime> {
    let built = Builder::new_current_thread().enable_all().build();
    built.map_err(|error| Error::Engine(format!("a runtime cannot be made: {error}")))
}

impl Connection {
    /// Connects and sets the limits. Must run on the runtime that will drive the connection.
    pub(crate) async fn open(settings: &Settings, heard: impl Fn(&str) + Send + 'static) -> Result<Self> {
        let warned = Arc::new(AtomicBool::new(false));
        let connecting = async {
            let (client, mut connection) = settings.config.connect(NoTls).await?;
            let noticed = Arc::clone(&warned);
            tokio::spawn(async move {
                while let Some(message) = poll_fn(|ctx| connection.poll_message(ctx)).await {
                    match message {
                        Ok(AsyncMessage::Notice(notice)) if notice.parsed_severity() == Some(Severity::Warning) => {
                            tracing::warn!(notice = notice.message(), "the database server warns");
                            noticed.store(true, Ordering::Release);
                        }
                        Ok(AsyncMessage::Notification(signal)) => heard(signal.payload()),
                        Ok(_) => {}
                        Err(error) => {
                            tracing::debug!(%error, "a connection to the database server ended");
                            break;
                        }
                    }
                }
            });
            client.batch_execute(&session_settings(settings)).await?;
            Ok(client)
        };
        match tokio::time::timeout(settings.connect_timeout, connecting).await {
            Ok(Ok(client)) => Ok(Self {
                client,
                prepared: HashMap::new(),
                warned,
            }),
            Ok(Err(error)) => Err(fault::connecting(&error)),
            Err(_) => Err(Error::Unavailable("the database server did not answer in time".into())),
        }
    }
}

fn session_settings(settings: &Settings) -> String {
    let limit = settings.statement_timeout.as_millis();
    // A commit that is answered before it is on the disk would break every promise above this crate. And a statement that was
    // planned while its tables were almost empty would read them whole for as long as the connection lives: rows are found by
    // an index wherever there is one. What is switched off so still happens where there is no other way, at a cost that is
    // estimated so high that the server would compile the statement first, which takes longer than to run it.
    format!(
        "set statement_timeout = {limit}; set lock_timeout = {limit}; set idle_in_transaction_session_timeout = {limit};
         set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off; set jit = off;
         select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'"
    )
}
