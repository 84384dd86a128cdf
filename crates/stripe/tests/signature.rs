//! The signature is the only thing between the network and the ledger: known answers worked out by hand here, a table
//! of headers, and mutants none of which may pass.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail as loudly as the test")]

use aws_lc_rs::digest;
use proptest::prelude::*;
use stripe::signature::{
    DEFAULT_TOLERANCE_S, EmptySecret, HEADER_BYTES_MAX, SIGNATURES_MAX, SignatureError, SigningSecret, Verified, sign,
    verify,
};

const NOW_S: i64 = 1_795_000_000;
const SECRET: &str = "whsec_wWPEzGqYd3aXxTn0dS3oD9rSVGyjYkZb";
const BODY: &[u8] = b"{\n  \"id\": \"evt_1\",\n  \"object\": \"event\"\n}";

fn secret(text: &str) -> SigningSecret {
    SigningSecret::new(text).unwrap()
}

fn check(header: &str) -> Result<Verified, SignatureError> {
    verify(BODY, header.as_bytes(), &[secret(SECRET)], NOW_S, DEFAULT_TOLERANCE_S)
}

/// HMAC-SHA256 by its definition, H((K ⊕ opad) ‖ H((K ⊕ ipad) ‖ m)), from nothing but the hash.
fn hmac_by_hand(key: &[u8], message: &[u8]) -> String {
    let mut block = [0_u8; 64];
    if key.len() > block.len() {
        block[..32].copy_from_slice(digest::digest(&digest::SHA256, key).as_ref());
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let keyed = |pad: u8, rest: &[u8]| {
        let mut input: Vec<u8> = block.iter().map(|byte| byte ^ pad).collect();
        input.extend_from_slice(rest);
        digest::digest(&digest::SHA256, &input)
    };
    let inner = keyed(0x36, message);
    keyed(0x5c, inner.as_ref())
        .as_ref()
        .iter()
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn v1_by_hand(secret: &str, timestamp: &str, body: &[u8]) -> String {
    hmac_by_hand(secret.as_bytes(), &[timestamp.as_bytes(), b".", body].concat())
}

#[test]
fn known_answers_agree_with_the_definition() {
    // RFC 4231, test case 2: the definition above is itself right.
    let published = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    assert_eq!(hmac_by_hand(b"Jefe", b"what do ya want for nothing?"), published);

    let long_secret = "whsec_".to_owned() + &"k".repeat(200);
    for secret_text in ["s", SECRET, &long_secret] {
        for body in [&b""[..], b"{}", BODY, b"\xff\xfe\x00 not text", &b"x".repeat(70_000)] {
            for timestamp_s in [0, 1, 999_999_999, NOW_S, 99_999_999_999] {
                let v1 = v1_by_hand(secret_text, &timestamp_s.to_string(), body);
                let header = format!("t={timestamp_s},v1={v1}");
                assert_eq!(sign(body, &secret(secret_text), timestamp_s), header);
                let verified = verify(body, header.as_bytes(), &[secret(secret_text)], timestamp_s, 0);
                assert_eq!(
                    verified,
                    Ok(Verified {
                        timestamp_s,
                        secret_index: 0
                    })
                );
            }
        }
    }
}

#[test]
fn table_of_headers() {
    let good = v1_by_hand(SECRET, "1795000000", BODY);
    let other = v1_by_hand("whsec_other", "1795000000", BODY);
    let zero = "0".repeat(64);
    let accepted = Ok(Verified {
        timestamp_s: NOW_S,
        secret_index: 0,
    });
    let table: &[(&str, String, Result<Verified, SignatureError>)] = &[
        ("plain", format!("t=1795000000,v1={good}"), accepted),
        ("order does not matter", format!("v1={good},t=1795000000"), accepted),
        (
            "spaces around elements",
            format!(" t=1795000000 , v1={good} "),
            accepted,
        ),
        (
            "rolling secrets, ours second",
            format!("t=1795000000,v1={other},v1={good}"),
            accepted,
        ),
        (
            "rolling secrets, ours first",
            format!("t=1795000000,v1={good},v1={other}"),
            accepted,
        ),
        ("v0 beside v1", format!("t=1795000000,v1={good},v0={zero}"), accepted),
        (
            "unknown scheme beside v1",
            format!("t=1795000000,v2=xyz,v1={good},kid=a=b"),
            accepted,
        ),
        (
            "a v1 of the wrong length beside ours",
            format!("t=1795000000,v1=abc,v1={good}"),
            accepted,
        ),
        (
            "only v0",
            format!("t=1795000000,v0={good}"),
            Err(SignatureError::NoSignature),
        ),
        (
            "only an unknown scheme",
            format!("t=1795000000,v2={good}"),
            Err(SignatureError::NoSignature),
        ),
        (
            "scheme in upper case",
            format!("t=1795000000,V1={good}"),
            Err(SignatureError::NoSignature),
        ),
        (
            "scheme with a space",
            format!("t=1795000000,v1 ={good}"),
            Err(SignatureError::NoSignature),
        ),
        ("no v1", "t=1795000000".into(), Err(SignatureError::NoSignature)),
        ("no t", format!("v1={good}"), Err(SignatureError::NoTimestamp)),
        ("empty t", format!("t=,v1={good}"), Err(SignatureError::NoTimestamp)),
        (
            "t with a sign",
            format!("t=+1795000000,v1={good}"),
            Err(SignatureError::NoTimestamp),
        ),
        (
            "negative t",
            format!("t=-1,v1={good}"),
            Err(SignatureError::NoTimestamp),
        ),
        (
            "t with a leading zero",
            format!("t=01795000000,v1={good}"),
            Err(SignatureError::NoTimestamp),
        ),
        (
            "t with a space",
            format!("t= 1795000000,v1={good}"),
            Err(SignatureError::NoTimestamp),
        ),
        (
            "t with a fraction",
            format!("t=1795000000.0,v1={good}"),
            Err(SignatureError::NoTimestamp),
        ),
        (
            "t that overflows",
            format!("t={},v1={good}", "9".repeat(30)),
            Err(SignatureError::NoTimestamp),
        ),
        (
            "the same t twice",
            format!("t=1795000000,t=1795000000,v1={good}"),
            Err(SignatureError::DuplicateTimestamp),
        ),
        (
            "two t",
            format!("t=1795000000,v1={good},t=1"),
            Err(SignatureError::DuplicateTimestamp),
        ),
        (
            "another t",
            format!("t=1795000001,v1={good}"),
            Err(SignatureError::NoMatch),
        ),
        (
            "another secret",
            format!("t=1795000000,v1={other}"),
            Err(SignatureError::NoMatch),
        ),
        (
            "upper-case digits",
            format!("t=1795000000,v1={}", good.to_uppercase()),
            Err(SignatureError::NoMatch),
        ),
        (
            "cut off",
            format!("t=1795000000,v1={}", &good[..62]),
            Err(SignatureError::NoMatch),
        ),
        (
            "too long",
            format!("t=1795000000,v1={good}00"),
            Err(SignatureError::NoMatch),
        ),
        (
            "all zero",
            format!("t=1795000000,v1={zero}"),
            Err(SignatureError::NoMatch),
        ),
        ("empty v1", "t=1795000000,v1=".into(), Err(SignatureError::NoMatch)),
        ("empty header", String::new(), Err(SignatureError::MalformedHeader)),
        (
            "no key and value",
            format!("t=1795000000,v1={good},x"),
            Err(SignatureError::MalformedHeader),
        ),
        (
            "comma at the end",
            format!("t=1795000000,v1={good},"),
            Err(SignatureError::MalformedHeader),
        ),
    ];
    for (case, header, expected) in table {
        assert_eq!(check(header), *expected, "{case}: {header}");
    }
}

#[test]
fn age_is_judged_on_both_sides_and_only_of_genuine_signatures() {
    for (age_s, fresh) in [(-301, false), (-300, true), (0, true), (300, true), (301, false)] {
        let header = sign(BODY, &secret(SECRET), NOW_S - age_s);
        let timestamp_s = NOW_S - age_s;
        let expected = if fresh {
            Ok(Verified {
                timestamp_s,
                secret_index: 0,
            })
        } else {
            Err(SignatureError::OutsideTolerance { timestamp_s })
        };
        assert_eq!(check(&header), expected, "{age_s} s old");
    }
    let forged_and_old = format!("t=1,v1={}", "0".repeat(64));
    assert_eq!(check(&forged_and_old), Err(SignatureError::NoMatch));
    // Clocks at the ends of time and a negative tolerance judge, and do not overflow.
    let header = sign(BODY, &secret(SECRET), 0);
    for now_s in [i64::MIN, i64::MAX] {
        let judged = verify(BODY, header.as_bytes(), &[secret(SECRET)], now_s, DEFAULT_TOLERANCE_S);
        assert_eq!(judged, Err(SignatureError::OutsideTolerance { timestamp_s: 0 }));
    }
    assert!(verify(BODY, header.as_bytes(), &[secret(SECRET)], 1, -300).is_err());
    assert!(verify(BODY, header.as_bytes(), &[secret(SECRET)], 0, -300).is_ok());
}

#[test]
fn any_secret_may_match_and_the_answer_says_which() {
    let secrets = [secret("whsec_new"), secret("whsec_old"), secret("whsec_connect")];
    for (index, text) in ["whsec_new", "whsec_old", "whsec_connect"].into_iter().enumerate() {
        let header = sign(BODY, &secret(text), NOW_S);
        let verified = verify(BODY, header.as_bytes(), &secrets, NOW_S, DEFAULT_TOLERANCE_S);
        assert_eq!(verified.map(|verified| verified.secret_index), Ok(index));
    }
    let header = sign(BODY, &secret(SECRET), NOW_S);
    assert_eq!(
        verify(BODY, header.as_bytes(), &[], NOW_S, 300),
        Err(SignatureError::NoMatch)
    );
}

#[test]
fn secrets_are_trimmed_never_empty_and_never_printed() {
    let header = sign(BODY, &secret(SECRET), NOW_S);
    for padded in [format!(" {SECRET}\n"), format!("\t{SECRET}\r\n")] {
        assert!(verify(BODY, header.as_bytes(), &[secret(&padded)], NOW_S, 300).is_ok());
    }
    for empty in ["", " ", "\r\n\t "] {
        assert_eq!(SigningSecret::new(empty).map(|_| ()), Err(EmptySecret));
    }
    assert_eq!(format!("{:?}", secret(SECRET)), "SigningSecret(…)");
}

#[test]
fn a_hostile_header_costs_bounded_work() {
    let good = v1_by_hand(SECRET, "1795000000", BODY);
    let filled = |count: usize| format!("t=1795000000{},v1={good}", ",v1=0".repeat(count - 1));
    assert!(check(&filled(SIGNATURES_MAX)).is_ok());
    assert_eq!(
        check(&filled(SIGNATURES_MAX + 1)),
        Err(SignatureError::TooManySignatures)
    );
    let padded = format!("t=1795000000,v1={good},x=");
    let longest = padded.clone() + &"y".repeat(HEADER_BYTES_MAX - padded.len());
    assert!(check(&longest).is_ok());
    assert_eq!(check(&(longest + "y")), Err(SignatureError::HeaderTooLong));
}

/// One change to a genuine delivery that alters what it says.
#[derive(Debug, Clone)]
enum Mutation {
    FlipBodyBit(prop::sample::Index, u8),
    InsertInBody(prop::sample::Index, u8),
    CutBody(prop::sample::Index),
    ShiftTimestamp(i64),
    FlipSignatureBit(prop::sample::Index, u8),
    CutSignature(prop::sample::Index),
    OtherScheme(String),
    FlipSecretBit(prop::sample::Index, u8),
    MovePointBetweenTimestampAndBody,
    RepeatTimestamp(i64),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    use Mutation::*;
    let at = any::<prop::sample::Index>;
    prop_oneof![
        (at(), 0..8_u8).prop_map(|(at, bit)| FlipBodyBit(at, bit)),
        (at(), any::<u8>()).prop_map(|(at, byte)| InsertInBody(at, byte)),
        at().prop_map(CutBody),
        prop_oneof![-300..0_i64, 1..=300_i64].prop_map(ShiftTimestamp),
        (at(), 0..8_u8).prop_map(|(at, bit)| FlipSignatureBit(at, bit)),
        at().prop_map(CutSignature),
        "[a-zA-Z0-9_]{0,4}"
            .prop_filter("another scheme", |scheme| scheme != "v1")
            .prop_map(OtherScheme),
        (at(), 0..7_u8).prop_map(|(at, bit)| FlipSecretBit(at, bit)),
        Just(MovePointBetweenTimestampAndBody),
        (-300..=300_i64).prop_map(RepeatTimestamp),
    ]
}

/// The mutated body, header and secret of the receiver.
fn mutate(mutation: &Mutation, body: &[u8], timestamp_s: i64) -> (Vec<u8>, Vec<u8>, String) {
    let mut body = body.to_vec();
    let mut v1 = v1_by_hand(SECRET, &timestamp_s.to_string(), &body).into_bytes();
    let mut receiver = SECRET.to_owned();
    let mut timestamp = timestamp_s.to_string();
    let mut scheme = "v1".to_owned();
    let mut tail = String::new();
    match mutation {
        Mutation::FlipBodyBit(at, bit) => {
            let index = at.index(body.len());
            body[index] ^= 1 << bit;
        }
        Mutation::InsertInBody(at, byte) => body.insert(at.index(body.len() + 1), *byte),
        Mutation::CutBody(at) => body.truncate(at.index(body.len())),
        Mutation::ShiftTimestamp(by_s) => timestamp = (timestamp_s + by_s).to_string(),
        Mutation::FlipSignatureBit(at, bit) => {
            let index = at.index(v1.len());
            v1[index] ^= 1 << bit;
        }
        Mutation::CutSignature(at) => v1.truncate(at.index(v1.len())),
        Mutation::OtherScheme(other) => scheme.clone_from(other),
        Mutation::FlipSecretBit(at, bit) => {
            // Only the low seven bits, so that the secret stays ASCII; a changed end must not be trimmed away.
            let index = at.index(receiver.len());
            let mut bytes = receiver.into_bytes();
            bytes[index] = ((bytes[index] ^ (1 << bit)) & 0x7f).max(b'!');
            receiver = String::from_utf8(bytes).unwrap();
            if receiver == SECRET {
                receiver.push('!');
            }
        }
        Mutation::MovePointBetweenTimestampAndBody => {
            let last = timestamp.pop().unwrap();
            body.splice(..0, [u8::try_from(last).unwrap(), b'.']);
        }
        Mutation::RepeatTimestamp(by_s) => tail = format!(",t={}", timestamp_s + by_s),
    }
    let header = [format!("t={timestamp},{scheme}=").as_bytes(), &v1, tail.as_bytes()].concat();
    (body, header, receiver)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100_000))]

    #[test]
    fn no_mutant_is_accepted(
        mutation in mutation(),
        body in prop::collection::vec(any::<u8>(), 1..200),
        age_s in -300..=300_i64,
    ) {
        let timestamp_s = NOW_S - age_s;
        let genuine = format!("t={timestamp_s},v1={}", v1_by_hand(SECRET, &timestamp_s.to_string(), &body));
        prop_assert!(verify(&body, genuine.as_bytes(), &[secret(SECRET)], NOW_S, 300).is_ok());
        let (body, header, receiver) = mutate(&mutation, &body, timestamp_s);
        prop_assert!(verify(&body, &header, &[secret(&receiver)], NOW_S, 300).is_err());
    }

}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn random_headers_are_refused(header in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(verify(BODY, &header, &[secret(SECRET)], NOW_S, i64::MAX).is_err());
    }
}
