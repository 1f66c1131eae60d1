//! The secrets of an installation, and who may use them.

use crate::assign::token::TokenKey;
use crate::store::Documents;
use anyhow::Context;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::digest::InvalidLength;
use hmac::{Hmac, Mac};
use rand::RngCore;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use ttoolab_core::id::AnonymousId;

/// The length of a generated secret, in bytes.
const SECRET_BYTES: usize = 32;

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
        let token = documents.secret("token-key-1", random)?;
        let orders = documents.secret("order-ids", random)?;
        let mut shown = AdminKey::Stored;
        let admin_hash = match chosen {
            Some(key) => {
                shown = AdminKey::Chosen;
                hash(key).to_vec()
            }
            None => documents.secret("admin-key-sha256", || {
                let key = format!("ttoolab_{}", BASE64_URL_SAFE_NO_PAD.encode(random()));
                let stored = hash(&key).to_vec();
                shown = AdminKey::Generated(key);
                stored
            })?,
        };
        let admin_hash = admin_hash.try_into().ok().context("the stored admin key is damaged")?;
        let signing_key = TokenKey::new(1, &token)?;
        let keys = Self { token_keys: vec![signing_key.clone()], signing_key, orders, admin_hash };
        Ok((keys, shown))
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

/// A fresh secret.
pub(crate) fn random() -> Vec<u8> {
    let mut secret = vec![0; SECRET_BYTES];
    rand::rng().fill_bytes(&mut secret);
    secret
}
