//! The edge: who may speak, and what they say, before any event is looked at.
//!
//! The cheapest refusal comes first: size and depth, then shape, then project, then origin, and
//! the signature last.

use crate::admin::catalog::Catalog;
use crate::admin::keys::Keys;
use crate::admin::project::Project;
use crate::assign::token::{Claims, Holder, verify};
use crate::store::verdict::Sender;
use serde::Deserialize;
use std::sync::Arc;
use ttoolab_core::batch::{Batch, MAX_EVENTS, is_shallow};
use ttoolab_core::id::AnonymousId;

/// Why a request was refused as a whole. Nothing of it was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("Invalid JSON body")]
    Unreadable,
    #[error("Invalid event payload")]
    Incomplete,
    #[error("Invalid or missing anonymousId")]
    AnonymousId,
    #[error("Too many events")]
    TooManyEvents,
    #[error("Unknown projectKey")]
    UnknownProject,
    #[error("Origin not allowed")]
    Origin,
    #[error("Invalid secret key")]
    SecretKey,
    #[error("A secret key must not be used from a page")]
    SecretKeyInPage,
}

/// Reads a body as JSON of the wanted shape, which may borrow from it.
pub(crate) fn read_json<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Refusal> {
    if !is_shallow(body) {
        return Err(Refusal::Unreadable);
    }
    // serde takes a list for a struct as well.
    if body.trim_ascii_start().first() == Some(&b'[') {
        return Err(Refusal::Incomplete);
    }
    serde_json::from_slice(body)
        .map_err(|error| if error.is_data() { Refusal::Incomplete } else { Refusal::Unreadable })
}

/// Reads the body of a batch.
pub(crate) fn read_batch(body: &[u8]) -> Result<Batch<'_>, Refusal> {
    let batch: Batch<'_> = read_json(body)?;
    if batch.events.len() > MAX_EVENTS {
        return Err(Refusal::TooManyEvents);
    }
    Ok(batch)
}

/// What a request says of itself.
pub(crate) struct Envelope<'a> {
    pub(crate) project_key: &'a str,
    pub(crate) anonymous_id: &'a str,
    pub(crate) visitor_token: Option<&'a str>,
    /// The `Origin` header.
    pub(crate) origin: Option<&'a str>,
    /// The secret key of an `Authorization: Bearer` header.
    pub(crate) secret_key: Option<&'a str>,
}

/// A sender that may speak for a project.
pub(crate) struct Speaker {
    pub(crate) project: Arc<Project>,
    pub(crate) visitor: AnonymousId,
    pub(crate) sender: Sender,
    pub(crate) token: Option<Claims>,
}

/// Decides who speaks.
pub(crate) fn admit(
    envelope: &Envelope<'_>,
    catalog: &Catalog,
    keys: &Keys,
) -> Result<Speaker, Refusal> {
    let visitor = AnonymousId::parse(envelope.anonymous_id).map_err(|_| Refusal::AnonymousId)?;
    let project = catalog.project(envelope.project_key).ok_or(Refusal::UnknownProject)?;
    let sender = sender(envelope, keys)?;
    let holder = Holder { project: project.key(), visitor };
    let token = envelope.visitor_token.and_then(|token| verify(&keys.token_keys, &holder, token));
    let token = token.filter(|claims| may_come_from(project, &claims.origin));
    if let Some(origin) = envelope.origin {
        let allowed = match origin {
            // Sandboxed frames and some beacons at unload; the token says where they come from.
            "null" => token.is_some() || project.origins.allow_all(),
            origin => project.origins.allow(origin),
        };
        if !allowed {
            return Err(Refusal::Origin);
        }
    }
    Ok(Speaker { project: Arc::clone(project), visitor, sender, token })
}

/// An absent origin is a page of the collector's own, or no page at all: a page of another site
/// cannot keep its browser from sending one.
pub(crate) fn may_come_from(project: &Project, origin: &str) -> bool {
    origin.is_empty() || project.origins.allow(origin)
}

fn sender(envelope: &Envelope<'_>, keys: &Keys) -> Result<Sender, Refusal> {
    match (envelope.secret_key, envelope.origin) {
        (None, _) => Ok(Sender::Browser),
        // A secret in a page is no secret: refuse it before it works anywhere.
        (Some(_), Some(_)) => Err(Refusal::SecretKeyInPage),
        (Some(key), None) if keys.is_admin(key) => Ok(Sender::Server),
        (Some(_), None) => Err(Refusal::SecretKey),
    }
}
