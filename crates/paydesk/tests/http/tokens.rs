//! Service tokens, on both engines.

use std::time::Duration;

use paydesk::clock::Clock;
use paydesk::ids::Ids;
use paydesk::schema::MIGRATIONS;
use paydesk::tokens::{self, Directory, STALE, Scope, Scopes};
use secrecy::ExposeSecret;
use store::testing::for_each_engine;

#[tokio::test]
async fn a_token_works_until_it_is_revoked() {
    for_each_engine(async |database| {
        let store = database.store();
        store.migrate(MIGRATIONS).await.unwrap();
        let clock = Clock::manual(1_000_000_000_000_000);
        let ids = Ids::seeded(clock.clone(), 1);
        let directory = Directory::default();
        let scopes: Scopes = [Scope::CreditsSpend, Scope::OrdersRead].into_iter().collect();
        let created = tokens::create(store, &clock, &ids, "shop back end", scopes)
            .await
            .unwrap();
        let secret = created.secret.expose_secret();

        let verified = directory.verify(store, &clock, secret).await.unwrap().unwrap();
        assert_eq!(
            (verified.token_id.as_str(), verified.scopes),
            (created.listed.token_id.as_str(), scopes)
        );

        // Wrong in any one character, cut, extended: refused.
        for position in 0..secret.len() {
            let mut wrong = secret.to_owned().into_bytes();
            wrong[position] = if wrong[position] == b'0' { b'1' } else { b'0' };
            let wrong = String::from_utf8(wrong).unwrap();
            assert!(
                directory.verify(store, &clock, &wrong).await.unwrap().is_none(),
                "{position}"
            );
        }
        for wrong in [
            &secret[..secret.len() - 1],
            &format!("{secret}0"),
            "pdk_",
            "",
            &"é".repeat(34),
        ] {
            assert!(
                directory.verify(store, &clock, wrong).await.unwrap().is_none(),
                "{wrong}"
            );
        }

        assert!(tokens::revoke(store, &clock, &created.listed.token_id).await.unwrap());
        assert!(!tokens::revoke(store, &clock, "tok_none").await.unwrap());
        clock.advance(STALE);
        assert!(directory.verify(store, &clock, secret).await.unwrap().is_none());
        clock.advance(Duration::from_hours(1));
        assert!(tokens::revoke(store, &clock, &created.listed.token_id).await.unwrap());
        let listed = tokens::list(store).await.unwrap();
        assert_eq!(listed.len(), 1);
        assert_eq!(
            listed[0].revoked_at_us,
            Some(1_000_000_000_000_000),
            "the first revocation stands"
        );
    })
    .await;
}

#[tokio::test]
async fn what_is_kept_cannot_be_used_as_a_token() {
    for_each_engine(async |database| {
        let store = database.store();
        store.migrate(MIGRATIONS).await.unwrap();
        let clock = Clock::manual(0);
        let ids = Ids::seeded(clock.clone(), 2);
        let created = tokens::create(store, &clock, &ids, "x", Scopes::default())
            .await
            .unwrap();
        let row = store
            .read(|tx| tx.one("select token_id, prefix, secret_hash from service_token", &[]))
            .await
            .unwrap()
            .unwrap();
        let secret = created.secret.expose_secret();
        assert_eq!(row.text(1).unwrap().len(), 16);
        let hash = row.blob(2).unwrap();
        assert_eq!(hash.len(), 32);
        assert!(!secret.as_bytes().windows(32).any(|window| window == hash));
        assert!(!format!("{created:?}").contains(secret));
    })
    .await;
}
