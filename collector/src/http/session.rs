//! Sign-in sessions of the dashboard: random tokens in memory, gone with the process.

use crate::clock::now_ms;
use crate::random;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// How long a session lasts, in milliseconds: a working day.
const LIFETIME_MS: i64 = 12 * 60 * 60 * 1000;
/// The most sessions at a time; the one that ends first makes room.
const MAX_SESSIONS: usize = 1_000;
/// The cookie that carries the token.
pub(crate) const COOKIE: &str = "ttoolab_session";

/// The open sessions, by token, with their ends.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<HashMap<String, i64>>);

impl Sessions {
    /// Opens a session and gives its token.
    pub(crate) fn open(&self) -> String {
        let token = BASE64_URL_SAFE_NO_PAD.encode(random::secret());
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = now_ms();
        sessions.retain(|_, ends_ms| *ends_ms > now);
        if sessions.len() >= MAX_SESSIONS
            && let Some(oldest) = sessions.iter().min_by_key(|(_, ends_ms)| **ends_ms)
        {
            let oldest = oldest.0.clone();
            sessions.remove(&oldest);
        }
        sessions.insert(token.clone(), now + LIFETIME_MS);
        token
    }

    /// Tells whether a token belongs to an open session.
    pub(crate) fn is_open(&self, token: &str) -> bool {
        let sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.get(token).is_some_and(|ends_ms| *ends_ms > now_ms())
    }

    /// Ends a session.
    pub(crate) fn close(&self, token: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(token);
    }
}

/// The session token of a `Cookie` header.
pub(crate) fn token_in(cookies: &str) -> Option<&str> {
    let pairs = cookies.split(';').filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(|(name, _)| *name == COOKIE).map(|(_, token)| token).next()
}
