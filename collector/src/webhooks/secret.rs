//! The secret that a collector and a receiver share.

use crate::random;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What every secret begins with.
const PREFIX: &str = "whsec_";
/// The fewest characters behind the prefix. Signatures travel, and a guess can be tried at home;
/// this only refuses what is no secret at all.
const MIN_CHARS: usize = 8;
/// The most: several times what Standard Webhooks asks for.
const MAX_CHARS: usize = 256;

/// A secret of the published form. It is never shown but at its making, and never logged.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Secret(String);

/// A text that is no secret; it does not repeat it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is `whsec_` and 8 to 256 visible characters, best 32 random bytes in base64")]
pub(crate) struct InvalidSecret;

impl Secret {
    /// A fresh one, in the form that both signatures take.
    pub(crate) fn generate() -> Self {
        Self(format!("{PREFIX}{}", BASE64_STANDARD.encode(random::secret())))
    }

    /// All of it: the key of the published signature, and what its owner is shown once.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// The key of Standard Webhooks, which is what the text stands for in base64. A secret chosen by
    /// somebody else may be no base64; then only the published signature can be verified.
    pub(crate) fn standard_key(&self) -> Option<Vec<u8>> {
        BASE64_STANDARD.decode(self.0.strip_prefix(PREFIX)?).ok()
    }
}

impl TryFrom<String> for Secret {
    type Error = InvalidSecret;

    fn try_from(text: String) -> Result<Self, InvalidSecret> {
        let rest = text.strip_prefix(PREFIX).ok_or(InvalidSecret)?;
        let fits = (MIN_CHARS..=MAX_CHARS).contains(&rest.len());
        let visible = rest.bytes().all(|byte| byte.is_ascii_graphic());
        if fits && visible { Ok(Self(text)) } else { Err(InvalidSecret) }
    }
}

impl From<Secret> for String {
    fn from(secret: Secret) -> Self {
        secret.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(********)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_secret_holds_32_bytes() {
        let secret = Secret::generate();
        assert_eq!(secret.standard_key().unwrap().len(), 32);
        assert_eq!(Secret::try_from(secret.text().to_owned()), Ok(secret));
    }

    #[test]
    fn a_secret_is_not_printed() {
        assert!(!format!("{:?}", Secret::generate()).contains(PREFIX));
    }

    #[test]
    fn what_is_no_secret_is_refused() {
        for text in ["", "whsec_", "whsec_short", "whsec_with space", "sk_12345678"] {
            assert!(Secret::try_from(text.to_owned()).is_err(), "{text}");
        }
        let chosen = Secret::try_from("whsec_chosen-by-hand".to_owned()).unwrap();
        assert_eq!(chosen.standard_key(), None);
    }
}
