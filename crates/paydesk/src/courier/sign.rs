//! Signatures of outgoing webhooks, as Standard Webhooks defines them: HMAC-SHA256 over id, time and body, one for each
//! key that is in use.

use std::fmt::Write as _;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};

/// What every signing secret begins with.
const PREFIX: &str = "whsec_";

/// A new secret of these random bytes, as it is shown once.
pub(super) fn secret_of(random: &[u8; 32]) -> SecretString {
    SecretString::from(format!("{PREFIX}{}", STANDARD.encode(random)))
}

/// The value of the header `webhook-signature`: one signature for each secret. One that cannot be read signs nothing.
pub(super) fn signature(secrets: &[SecretString], message_id: &str, timestamp_s: i64, body: &str) -> String {
    let mut header = String::new();
    for secret in secrets {
        let encoded = secret.expose_secret().strip_prefix(PREFIX).unwrap_or_default();
        let Ok(key) = STANDARD.decode(encoded) else { continue };
        let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
        let signed = hmac::sign(&key, format!("{message_id}.{timestamp_s}.{body}").as_bytes());
        let space = if header.is_empty() { "" } else { " " };
        let _infallible = write!(header, "{space}v1,{}", STANDARD.encode(signed.as_ref()));
    }
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_example_is_signed_as_published() {
        let secret = SecretString::from("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let (id, time, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        let expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(signature(std::slice::from_ref(&secret), id, time, body), expected);
        let both = signature(&[secret, secret_of(&[7; 32])], id, time, body);
        assert!(both.starts_with(&format!("{expected} v1,")), "{both}");
    }
}
