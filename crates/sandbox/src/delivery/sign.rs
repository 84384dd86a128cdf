//! The signature of a delivery: `t=…,v1=…`, with one `v1` for each secret while a secret is rolled, and a `v0`.

use aws_lc_rs::hmac;

pub(crate) fn header(secrets: &[String], time: i64, body: &str) -> String {
    let mut header = format!("t={time}");
    for secret in secrets {
        header.push_str(",v1=");
        header.push_str(&signature(secret, &format!("{time}.{body}")));
    }
    // In test mode Stripe adds a scheme that receivers must ignore.
    header.push_str(",v0=");
    header.push_str(&signature("test mode", &format!("{time}.{body}")));
    header
}

fn signature(secret: &str, text: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    hex::encode(hmac::sign(&key, text.as_bytes()))
}
