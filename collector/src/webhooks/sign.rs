//! The headers of a delivery: the published ones, and those of Standard Webhooks beside them, so
//! that either library verifies it.
//!
//! While a secret is being replaced, both are used. Standard Webhooks has a list for that; the
//! published signature is one value, so the old secret signs a header of its own.

use super::secret::Secret;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::fmt::Write;

/// What is signed, for each attempt anew.
pub(crate) struct Signable<'m> {
    pub(crate) event_id: &'m str,
    pub(crate) kind: &'m str,
    /// The very bytes that are sent.
    pub(crate) body: &'m str,
    pub(crate) at_ms: i64,
}

/// The secrets that sign now.
#[derive(Debug, Clone)]
pub(crate) struct Signers {
    pub(crate) current: Secret,
    /// The one that is being replaced.
    pub(crate) previous: Option<Secret>,
}

/// The name of a header and its value.
pub(crate) type Header = (&'static str, String);

/// Every header that a receiver needs, but the length and the host.
pub(crate) fn headers(message: &Signable<'_>, signers: &Signers) -> Vec<Header> {
    let seconds = message.at_ms.div_euclid(1000).to_string();
    let published = |secret: &Secret| published(secret, &seconds, message.body);
    let mut headers = vec![
        ("content-type", "application/json".to_owned()),
        ("user-agent", "Ttoolab-Webhooks/1.0".to_owned()),
        ("x-ttoolab-event-id", message.event_id.to_owned()),
        ("x-ttoolab-event-type", message.kind.to_owned()),
        ("x-ttoolab-timestamp", seconds.clone()),
        ("x-ttoolab-signature", published(&signers.current)),
        ("webhook-id", message.event_id.to_owned()),
        ("webhook-timestamp", seconds.clone()),
    ];
    if let Some(previous) = &signers.previous {
        headers.push(("x-ttoolab-signature-previous", published(previous)));
    }
    let signed = [Some(&signers.current), signers.previous.as_ref()];
    let standard: Vec<_> = signed
        .into_iter()
        .flatten()
        .filter_map(|secret| standard(secret, message.event_id, &seconds, message.body))
        .collect();
    if !standard.is_empty() {
        headers.push(("webhook-signature", standard.join(" ")));
    }
    headers
}

/// The whole secret signs the time followed by the body, in lower-case hex.
fn published(secret: &Secret, seconds: &str, body: &str) -> String {
    let mac = hmac(secret.text().as_bytes(), &[seconds, body]);
    mac.iter().fold(String::new(), |mut hex, byte| {
        // A string takes everything.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// What the secret stands for signs `id.time.body`, in base64.
fn standard(secret: &Secret, id: &str, seconds: &str, body: &str) -> Option<String> {
    let mac = hmac(&secret.standard_key()?, &[id, ".", seconds, ".", body]);
    Some(format!("v1,{}", BASE64_STANDARD.encode(mac)))
}

fn hmac(key: &[u8], parts: &[&str]) -> Vec<u8> {
    // HMAC takes keys of any length; the error is that of other constructions of the same trait.
    let Ok(mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    parts.iter().fold(mac, Mac::chain_update).finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::try_from(text.to_owned()).unwrap()
    }

    fn header<'h>(headers: &'h [Header], name: &str) -> Option<&'h str> {
        headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    const MESSAGE: Signable<'_> = Signable {
        event_id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
        kind: "webhook.test",
        body: r#"{"test": 2432232314}"#,
        at_ms: 1_614_265_330_999,
    };

    /// The example of the Standard Webhooks specification; its libraries are asked in
    /// `tests/collector/webhooks/interop.rs`.
    #[test]
    fn the_example_of_standard_webhooks() {
        let current = secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let headers = headers(&MESSAGE, &Signers { current, previous: None });
        let expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(header(&headers, "webhook-signature"), Some(expected));
        assert_eq!(header(&headers, "webhook-timestamp"), Some("1614265330"));
    }

    /// `printf '%s' '1614265330{"test": 2432232314}' | openssl dgst -sha256 -hmac whsec_…`
    #[test]
    fn the_published_signature_is_keyed_by_the_whole_secret() {
        let current = secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let headers = headers(&MESSAGE, &Signers { current, previous: None });
        assert_eq!(header(&headers, "x-ttoolab-signature"), Some(PUBLISHED));
    }

    const PUBLISHED: &str = "97c1ca77285a0e4bc3f1de9c2a92c7dfc2d9235df94fa6f861821062d88b958f";

    #[test]
    fn a_secret_that_is_being_replaced_signs_too() {
        let old = secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let signers = Signers { current: Secret::generate(), previous: Some(old) };
        let headers = headers(&MESSAGE, &signers);
        assert_eq!(header(&headers, "x-ttoolab-signature-previous"), Some(PUBLISHED));
        assert_ne!(header(&headers, "x-ttoolab-signature"), Some(PUBLISHED));
        let standard = header(&headers, "webhook-signature").unwrap();
        assert_eq!(standard.split(' ').count(), 2);
        assert!(standard.ends_with("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    }

    #[test]
    fn a_secret_that_is_no_base64_signs_the_published_way_alone() {
        let current = secret("whsec_chosen-by-hand");
        let headers = headers(&MESSAGE, &Signers { current, previous: None });
        assert_eq!(header(&headers, "webhook-signature"), None);
        assert!(header(&headers, "x-ttoolab-signature").is_some());
    }
}
