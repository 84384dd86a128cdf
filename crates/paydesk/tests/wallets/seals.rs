//! Nodes that seal the same books at once.

use ledger::{AccountKey, Owner, Role, TransferCode};
use paydesk::audit::audit;
use paydesk::books::{self, Cause, Movement};
use paydesk::schema::MIGRATIONS;
use store::Error;
use store::testing::for_each_engine;

use crate::support::all_at_once;

#[tokio::test]
async fn nodes_that_seal_at_once_make_one_chain() {
    for_each_engine(async |database| {
        let store = database.store();
        store.migrate(MIGRATIONS).await.unwrap();
        for round in 0..20 {
            let wallet = AccountKey::credits(Role::Wallet(Owner::user("ada")));
            let cause = Cause::key(format!("grant:{round}"));
            let issued = AccountKey::credits(Role::Issued);
            let batch = vec![vec![Movement::new(cause, issued, wallet, 5, TransferCode::Grant)]];
            store.write(move |tx| books::post(tx, round, &batch)).await.unwrap();
            let seals = (0..8).map(|_| books::seal(store, round));
            let mut sealed = 0;
            for answer in all_at_once(seals).await {
                match answer {
                    Ok(count) => sealed += count,
                    // Another one wrote the very seal.
                    Err(error) => assert!(
                        error.is_retryable() || matches!(error, Error::Conflict { .. }),
                        "{error}"
                    ),
                }
            }
            sealed += books::seal(store, round).await.unwrap();
            assert!(sealed <= 1, "a transfer is sealed once");
        }
        let audit = store.read(|tx| audit(tx, &[], |_, _| {})).await.unwrap();
        assert_eq!((audit.sealed, audit.findings), (20, vec![]));
    })
    .await;
}
