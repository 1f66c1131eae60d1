//! Visitor tokens for any arm and epoch, signed as the collector signs them.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use rusqlite::Connection;
use serde_json::json;
use sha2::Sha256;

/// The key of an installation that has made no other.
pub(super) struct TokenKey(Hmac<Sha256>);

impl TokenKey {
    pub(super) fn read(database: &Connection) -> Self {
        let sql = "SELECT value FROM secrets WHERE name = 'token-key-1'";
        let secret: Vec<u8> = database.query_row(sql, [], |row| row.get(0)).unwrap();
        Self(Hmac::new_from_slice(&secret).unwrap())
    }

    /// A token of one arm in `hero`.
    pub(super) fn token(&self, project: &str, visitor: &str, arm: &(String, u32)) -> String {
        let arm = json!({"e": "hero", "v": arm.0, "n": arm.1});
        let claims = json!({"k": 1, "p": project, "v": visitor, "o": "", "t": 0, "a": [arm]});
        let body = BASE64_URL_SAFE_NO_PAD.encode(claims.to_string());
        let signature = self.0.clone().chain_update(&body).finalize().into_bytes();
        format!("{body}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
    }
}
