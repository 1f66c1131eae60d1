//! The secrets of an installation, and who may use them.

use crate::assign::token::TokenKey;
use crate::random;
use crate::store::Documents;
use anyhow::Context;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::digest::InvalidLength;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use ttoolab_core::id::AnonymousId;

/// What the names of token keys begin with; the rest is their id.
const TOKEN_KEYS: &str = "token-key-";

/// How many keys are kept. A visitor who stays away for as many rotations comes back without a
/// valid token: a new assignment by the same hash, and no longer sticky.
const MAX_TOKEN_KEYS: usize = 4;

/// Every secret, loaded once at start.
pub(crate) struct Keys {
    /// The keys a token may be signed with.
    pub(crate) token_keys: Vec<TokenKey>,
    /// The one that signs new tokens.
    pub(crate) signing_key: TokenKey,
    orders: Vec<u8>,
    admin_hash: [u8; 32],
}

/// The admin key of this start, as far as it may be shown.
pub(crate) enum AdminKey {
    /// Made just now: this is the only time it can be shown.
    Generated(String),
    /// Chosen by the operator through the environment.
    Chosen,
    /// Made at an earlier start; only its hash is stored.
    Stored,
}

impl Keys {
    /// Loads the secrets, making those that do not exist yet.
    pub(crate) fn load(
        documents: &Documents<'_>,
        chosen: Option<&str>,
    ) -> anyhow::Result<(Self, AdminKey)> {
        let token_keys = token_keys(documents)?;
        let orders = documents.secret("order-ids", random::secret)?;
        let mut shown = AdminKey::Stored;
        let admin_hash = match chosen {
            Some(key) => {
                shown = AdminKey::Chosen;
                hash(key).to_vec()
            }
            None => documents.secret("admin-key-sha256", || {
                let key = format!("ttoolab_{}", BASE64_URL_SAFE_NO_PAD.encode(random::secret()));
                let stored = hash(&key).to_vec();
                shown = AdminKey::Generated(key);
                stored
            })?,
        };
        let admin_hash = admin_hash.try_into().ok().context("the stored admin key is damaged")?;
        let signing_key = token_keys.last().context("there is no key to sign tokens with")?.clone();
        let keys = Self { token_keys, signing_key, orders, admin_hash };
        Ok((keys, shown))
    }

    /// The stored secrets, for commands that ask nobody for an admin key.
    pub(crate) fn of_stored(documents: &Documents<'_>) -> anyhow::Result<Self> {
        // Naming an admin key keeps `load` from making one, which nobody would be shown.
        Ok(Self::load(documents, Some("")).context("the secrets cannot be read")?.0)
    }

    /// Tells whether `key` is the admin key.
    pub(crate) fn is_admin(&self, key: &str) -> bool {
        hash(key).ct_eq(&self.admin_hash).into()
    }

    /// The key that hashes the order ids of a project.
    pub(crate) fn order_key(&self, project: &str) -> Result<OrderKey, InvalidLength> {
        let key = Hmac::<Sha256>::new_from_slice(&self.orders)?.chain_update(project).finalize();
        Ok(OrderKey(Hmac::new_from_slice(&key.into_bytes())?))
    }
}

/// The keys that tokens are signed with, the newest last; the first one is made when there is none.
fn token_keys(documents: &Documents<'_>) -> anyhow::Result<Vec<TokenKey>> {
    documents.secret(&token_key_name(1), random::secret).map(drop)?;
    let stored = stored_token_keys(documents)?;
    stored.iter().map(|(id, secret)| Ok(TokenKey::new(*id, secret)?)).collect()
}

/// Makes a new key to sign tokens with. Tokens of the keys before it are still good, and are signed
/// anew at the visitor's next page; the eldest beyond [`MAX_TOKEN_KEYS`] is forgotten.
pub(crate) fn rotate_token_key(documents: &Documents<'_>) -> anyhow::Result<u32> {
    let known = stored_token_keys(documents)?;
    let next = known.last().map_or(1, |(id, _)| id + 1);
    documents.put_secret(&token_key_name(next), &random::secret())?;
    for (id, _) in known.iter().rev().skip(MAX_TOKEN_KEYS - 1) {
        documents.forget_secret(&token_key_name(*id))?;
    }
    Ok(next)
}

/// In the order of their ids, which is that of their age.
fn stored_token_keys(documents: &Documents<'_>) -> anyhow::Result<Vec<(u32, Vec<u8>)>> {
    let mut keys = Vec::new();
    for (name, secret) in documents.secrets(TOKEN_KEYS)? {
        let id = name.strip_prefix(TOKEN_KEYS).and_then(|id| id.parse().ok());
        keys.push((id.with_context(|| format!("the stored key `{name}` is damaged"))?, secret));
    }
    keys.sort_by_key(|(id, _)| *id);
    Ok(keys)
}

fn token_key_name(id: u32) -> String {
    format!("{TOKEN_KEYS}{id}")
}

/// Hashes the order ids of one project, and its erased visitors.
///
/// An order id leads to a person in the merchant's books; its hash only says whether two events
/// speak of one order.
#[derive(Clone, Debug)]
pub(crate) struct OrderKey(Hmac<Sha256>);

impl OrderKey {
    /// The hash of an order id; half of it is plenty against chance.
    pub(crate) fn hash(&self, order_id: &str) -> [u8; 16] {
        self.half(order_id.as_bytes())
    }

    /// The hash of a visitor who was erased. The byte in front keeps it apart from order ids.
    pub(crate) fn visitor(&self, visitor: &AnonymousId) -> [u8; 16] {
        self.half(&[&[0], visitor.as_bytes().as_slice()].concat())
    }

    fn half(&self, text: &[u8]) -> [u8; 16] {
        let hash: [u8; 32] = self.0.clone().chain_update(text).finalize().into_bytes().into();
        let mut half = [0; 16];
        half.copy_from_slice(&hash[..16]);
        half
    }
}

/// A hash without salt is enough: the keys are random, not chosen by people.
fn hash(key: &str) -> [u8; 32] {
    Sha256::digest(key).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assign::token::{Holder, mint, verify};
    use crate::store::SCHEMA;
    use rusqlite::Connection;
    use ttoolab_core::id::ProjectKey;

    #[test]
    fn tokens_outlive_the_rotations_that_are_kept() {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(SCHEMA).unwrap();
        let documents = Documents(&connection);
        let project = ProjectKey::parse("demo").unwrap();
        let holder = Holder { project: &project, visitor: AnonymousId::from_bytes([7; 16]) };
        let load = || Keys::load(&documents, Some("admin")).unwrap().0;
        let first = load();
        let token = mint(&first.signing_key, &holder, "", 0, Vec::new());
        for rotation in 1..=MAX_TOKEN_KEYS {
            rotate_token_key(&documents).unwrap();
            let keys = load();
            let kept = rotation < MAX_TOKEN_KEYS;
            assert_eq!(verify(&keys.token_keys, &holder, &token).is_some(), kept, "{rotation}");
            let fresh = mint(&keys.signing_key, &holder, "", 0, Vec::new());
            assert!(verify(&keys.token_keys, &holder, &fresh).is_some());
            assert!(verify(&first.token_keys, &holder, &fresh).is_none(), "a new key signs");
        }
    }
}
