//! Contacts in the store.

use store::{Result, Tx};

use super::Contact;
use crate::ids::UserId;

/// Where a user is reached, where that is known.
pub(super) fn contact(tx: &mut Tx<'_>, user_id: &UserId) -> Result<Option<Contact>> {
    let row = tx.one(
        "select email, updated_at_us from contact where user_id = $1",
        &[user_id.as_str().into()],
    )?;
    row.map(|row| {
        Ok(Contact {
            user_id: user_id.clone(),
            email: row.text(0)?,
            updated_at_us: row.int(1)?,
        })
    })
    .transpose()
}

/// A user's e-mail address, where it is known.
pub fn email_of(tx: &mut Tx<'_>, user_id: &UserId) -> Result<Option<String>> {
    Ok(contact(tx, user_id)?.map(|contact| contact.email))
}

/// Writes where a user is reached.
pub(super) fn put(tx: &mut Tx<'_>, contact: &Contact) -> Result<()> {
    tx.run(
        "insert into contact (user_id, email, updated_at_us) values ($1, $2, $3)
         on conflict (user_id) do update set email = excluded.email, updated_at_us = excluded.updated_at_us",
        &[
            contact.user_id.as_str().into(),
            contact.email.as_str().into(),
            contact.updated_at_us.into(),
        ],
    )?;
    Ok(())
}

/// Forgets where a user is reached.
pub(super) fn delete(tx: &mut Tx<'_>, user_id: &UserId) -> Result<()> {
    tx.run("delete from contact where user_id = $1", &[user_id.as_str().into()])?;
    Ok(())
}
