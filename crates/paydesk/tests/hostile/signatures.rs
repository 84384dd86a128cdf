//! Signatures that are nearly right. None of them is accepted.

use paydesk::inbox;
use rand::rngs::StdRng;
use rand::{Rng, RngExt, SeedableRng};
use store::testing::TestDatabase;
use stripe::signature::{DEFAULT_TOLERANCE_S, SigningSecret, sign, sign_v1, verify};

use crate::support::{TestApp, WEBHOOK_SECRET};
use crate::{bodies, rows, size};

/// How many of the mutants go the whole way into the inbox.
const RECEIVED: usize = 2_000;

#[tokio::test]
async fn no_mutant_of_a_signature_is_accepted() {
    let (seed, count) = (
        size("PAYDESK_SEED", 20_261_120) as u64,
        size("PAYDESK_MUTANTS", 100_000),
    );
    let mut rng = StdRng::seed_from_u64(seed);
    let secrets = ["whsec_old", WEBHOOK_SECRET].map(|secret| SigningSecret::new(secret).unwrap());
    let test = TestApp::begin_without_catalogue(&TestDatabase::sqlite()).await;
    let before = rows(&test.app.store).await;
    for number in 0..count {
        let now_s = test.app.clock.now_seconds();
        let body = bodies::event(&mut rng, number as u64).to_string().into_bytes();
        let header = sign(&body, &secrets[1], now_s);
        assert!(verify(&body, header.as_bytes(), &secrets, now_s, DEFAULT_TOLERANCE_S).is_ok());
        let (body, header) = mutant(&mut rng, body, header, &secrets[1], now_s);
        let verified = verify(&body, &header, &secrets, now_s, DEFAULT_TOLERANCE_S);
        assert!(
            verified.is_err(),
            "seed {seed}: {:?} for {:?}",
            String::from_utf8_lossy(&header),
            verified
        );
        if number < RECEIVED {
            let received = inbox::receive(&test.app, &header, &body).await;
            assert!(
                matches!(received, Err(inbox::ReceiveError::Signature(_))),
                "seed {seed}: {received:?}"
            );
        }
    }
    assert_eq!(
        rows(&test.app.store).await,
        before,
        "what is refused leaves nothing behind"
    );
    println!("{count} mutants of signatures refused, {RECEIVED} of them by the inbox, seed {seed}");
    test.finish().await;
}

/// A body and a header that no longer belong together.
fn mutant(
    rng: &mut StdRng,
    mut body: Vec<u8>,
    header: String,
    secret: &SigningSecret,
    now_s: i64,
) -> (Vec<u8>, Vec<u8>) {
    let signature = header.rsplit_once("v1=").unwrap().1.to_owned();
    let signed_at = |seconds: i64, body: &[u8]| sign(body, secret, seconds);
    let header = match rng.random_range(0..16) {
        0 => {
            let at = rng.random_range(0..body.len());
            body[at] ^= 1 << rng.random_range(0..8);
            header
        }
        1 => {
            body.truncate(rng.random_range(0..body.len()));
            header
        }
        2 => {
            body.push(b"\n \0}"[rng.random_range(0..4)]);
            header
        }
        3 => header.replace(
            &format!("t={now_s}"),
            &format!("t={}", now_s + rng.random_range(1..300)),
        ),
        4 => {
            let at = rng.random_range(0..64);
            let digit = u8::from_str_radix(&signature[at..=at], 16).unwrap() ^ rng.random_range(1..16);
            format!("t={now_s},v1={}{digit:x}{}", &signature[..at], &signature[at + 1..])
        }
        5 => header.replace(
            "v1=",
            ["v0=", "v2=", "V1=", "v1 =", "v11=", "="][rng.random_range(0..6)],
        ),
        6 => sign(
            &body,
            &SigningSecret::new(&format!("whsec_{}", rng.random_range(0..1_000_000))).unwrap(),
            now_s,
        ),
        7 => signed_at(now_s - rng.random_range(301..1_000_000), &body),
        8 => signed_at(now_s + rng.random_range(301..1_000_000), &body),
        9 => format!("t={now_s}"),
        10 => format!("v1={signature}"),
        11 => format!("t={now_s},t={now_s},v1={signature}"),
        12 => format!(
            "t={},v1={signature}",
            [
                format!("+{now_s}"),
                format!("0{now_s}"),
                format!("{now_s}.0"),
                String::new()
            ][rng.random_range(0..4)]
        ),
        13 => format!("t={now_s},v1={}", &signature[..rng.random_range(0..64)]),
        14 => {
            // Signed, but over another moment than the one it states, both of them within the tolerance.
            let other = String::from_utf8(sign_v1(&body, secret, now_s - 1).to_vec()).unwrap();
            format!("t={now_s},v1={other},v0={signature}")
        }
        _ => {
            let mut noise = vec![0; rng.random_range(0..200)];
            rng.fill_bytes(&mut noise);
            return (body, noise);
        }
    };
    (body, header.into_bytes())
}
