//! What a store is for. A store holds the money of one mode: test credits must never become live ones because somebody
//! changed a key.

mod records;

use store::Store;

/// Why a store cannot be used with this configuration.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The store belongs to the other mode.
    #[error(
        "this database holds {of} data, and STRIPE_SECRET_KEY is a {key} key. Use another database, or the other key."
    )]
    OtherMode {
        /// What the store holds: `live` or `test`.
        of: &'static str,
        /// What the key is for.
        key: &'static str,
    },
}

/// Binds a store to the mode of the key on its first use, and refuses the other mode ever after.
pub async fn bind(store: &Store, livemode: bool) -> Result<(), BindError> {
    let word = |livemode: bool| if livemode { "live" } else { "test" };
    let bound = store.write(move |tx| records::bind_mode(tx, word(livemode))).await?;
    if bound == word(livemode) {
        return Ok(());
    }
    Err(BindError::OtherMode {
        of: word(!livemode),
        key: word(livemode),
    })
}
