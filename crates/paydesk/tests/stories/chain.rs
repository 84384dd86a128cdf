//! The chain over the transfers: what was sealed cannot be changed without the audit naming it.

use paydesk::books;
use serde_json::json;
use store::testing::for_each_engine;

use crate::support::{ADMIN, TestApp};

#[tokio::test]
async fn what_was_sealed_cannot_be_changed_unnoticed() {
    for_each_engine(async |database| {
        let test = TestApp::begin_without_catalogue(database).await;
        let path = "/api/financial/credits/ada";
        for amount in 1..=5 {
            let given = json!({ "amount": amount, "reason": "a gift" });
            assert_eq!(test.post(ADMIN, &format!("{path}/add"), &given).await.status, 200);
        }
        let store = &test.app.store;
        assert_eq!(books::seal(store, 1).await.unwrap(), 5);
        assert_eq!(books::seal(store, 2).await.unwrap(), 0, "there is nothing more to seal");
        let spent = json!({ "amount": 7, "reason": "a use" });
        assert_eq!(test.post(ADMIN, &format!("{path}/spend"), &spent).await.status, 200);
        assert_eq!(books::seal(store, 3).await.unwrap(), 1);
        let audit = store
            .read(|tx| paydesk::audit::audit(tx, &[], |_, _| {}))
            .await
            .unwrap();
        assert_eq!((audit.findings, audit.sealed), (vec![], 6));

        // A reason is in no total and in no lot: only the chain knows what it was.
        let changed = store
            .write(|tx| tx.run("update transfer set memo = 'another' where code = 'spend'", &[]))
            .await
            .unwrap();
        assert_eq!(changed, 1);
        let audit = store
            .read(|tx| paydesk::audit::audit(tx, &[], |_, _| {}))
            .await
            .unwrap();
        assert_eq!(audit.findings.len(), 1);
        assert!(audit.findings[0].starts_with("seal 2:"), "{:?}", audit.findings);
    })
    .await;
}
