//! The visitor token: assignments, signed.
//!
//! `base64url(claims as JSON) "." base64url(HMAC-SHA256)`. It makes stickiness without a store
//! (the arms in it are kept) and stops a page from claiming an arm it was not given. It does not
//! stop patient people with real browsers, who can be given any arm by coming often enough.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::digest::InvalidLength;
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use ttoolab_core::id::{AnonymousId, ExperimentKey, ProjectKey, VariantKey};

/// The longest token that is looked at, in bytes: a hundred arms with long keys.
const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// A key that signs tokens, and its name within them, so that keys can be rotated.
#[derive(Clone)]
pub(crate) struct TokenKey {
    id: u32,
    mac: Hmac<Sha256>,
}

impl TokenKey {
    /// Wraps a secret of any length.
    pub(crate) fn new(id: u32, secret: &[u8]) -> Result<Self, InvalidLength> {
        Ok(Self { id, mac: Hmac::new_from_slice(secret)? })
    }

    fn sign(&self, body: &str) -> Hmac<Sha256> {
        self.mac.clone().chain_update(body)
    }
}

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claims {
    #[serde(rename = "k")]
    key_id: u32,
    #[serde(rename = "p")]
    project: ProjectKey,
    #[serde(rename = "v")]
    visitor: String,
    /// The origin the token was asked from; empty when the request named none, which a page of
    /// another site cannot bring about.
    #[serde(rename = "o")]
    pub(crate) origin: String,
    #[serde(rename = "t")]
    issued_ms: i64,
    #[serde(rename = "a")]
    pub(crate) arms: Vec<Arm>,
}

/// One signed assignment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Arm {
    #[serde(rename = "e")]
    pub(crate) experiment: ExperimentKey,
    #[serde(rename = "v")]
    pub(crate) variant: VariantKey,
    #[serde(rename = "n")]
    pub(crate) epoch: u32,
}

impl Claims {
    /// The arm of an experiment, if the token covers it.
    pub(crate) fn arm(&self, experiment: &str) -> Option<&Arm> {
        self.arms.iter().find(|arm| arm.experiment.as_str() == experiment)
    }
}

/// Who a token is for.
pub(crate) struct Holder<'a> {
    pub(crate) project: &'a ProjectKey,
    pub(crate) visitor: AnonymousId,
}

/// Signs a visitor's arms.
pub(crate) fn mint(
    key: &TokenKey,
    holder: &Holder<'_>,
    origin: &str,
    issued_ms: i64,
    arms: Vec<Arm>,
) -> String {
    let claims = Claims {
        key_id: key.id,
        project: holder.project.clone(),
        visitor: holder.visitor.to_string(),
        origin: origin.to_owned(),
        issued_ms,
        arms,
    };
    // A struct of strings and numbers always serialises; an empty body would only fail to verify.
    let body = serde_json::to_vec(&claims).unwrap_or_default();
    let body = BASE64_URL_SAFE_NO_PAD.encode(body);
    let signature = BASE64_URL_SAFE_NO_PAD.encode(key.sign(&body).finalize().into_bytes());
    format!("{body}.{signature}")
}

/// Reads a token; `None` when it is not ours, not whole, or another's.
pub(crate) fn verify(keys: &[TokenKey], holder: &Holder<'_>, token: &str) -> Option<Claims> {
    if token.len() > MAX_TOKEN_BYTES {
        return None;
    }
    let (body, signature) = token.split_once('.')?;
    let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).ok()?;
    let claims: Claims = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(body).ok()?).ok()?;
    let key = keys.iter().find(|key| key.id == claims.key_id)?;
    // Constant time, by the mac crate.
    key.sign(body).verify_slice(&signature).ok()?;
    let theirs = claims.project == *holder.project && claims.visitor == holder.visitor.to_string();
    theirs.then_some(claims)
}

#[cfg(test)]
mod tests {
    use super::*;

    const VISITOR: &str = "550e8400-e29b-41d4-a716-446655440000";

    fn key(id: u32) -> TokenKey {
        TokenKey::new(id, &id.to_be_bytes()).unwrap()
    }

    fn arms() -> Vec<Arm> {
        vec![Arm {
            experiment: ExperimentKey::parse("hero").unwrap(),
            variant: VariantKey::parse("b").unwrap(),
            epoch: 1,
        }]
    }

    #[test]
    fn only_the_holder_of_an_unchanged_token_is_believed() {
        let project = ProjectKey::parse("demo").unwrap();
        let holder = Holder { project: &project, visitor: AnonymousId::parse(VISITOR).unwrap() };
        let token = mint(&key(1), &holder, "https://shop.example", 0, arms());
        let keys = [key(2), key(1)];
        let claims = verify(&keys, &holder, &token).unwrap();
        assert_eq!(claims.arm("hero").map(|arm| arm.variant.as_str()), Some("b"));

        let other = Holder { visitor: AnonymousId::from_bytes([7; 16]), ..holder };
        assert_eq!(verify(&keys, &other, &token), None, "another visitor");
        assert_eq!(verify(&[key(2)], &holder, &token), None, "an unknown key");
        let (body, signature) = token.split_once('.').unwrap();
        let forged = BASE64_URL_SAFE_NO_PAD.decode(body).unwrap();
        let forged = String::from_utf8(forged).unwrap().replace(r#""v":"b""#, r#""v":"c""#);
        let forged = format!("{}.{signature}", BASE64_URL_SAFE_NO_PAD.encode(forged));
        assert_eq!(verify(&keys, &holder, &forged), None, "another arm");
        for broken in ["", ".", "a.b", &token[1..], &token[..token.len() - 1]] {
            assert_eq!(verify(&keys, &holder, broken), None, "{broken}");
        }
    }
}
