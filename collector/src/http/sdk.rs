//! `/sdk`: what pages talk to. No API key; a project key, an origin, a signed token.

pub(super) mod body;
pub(super) mod bootstrap;
mod encoding;
pub(super) mod event;
pub(super) mod events;

use crate::app::App;
use crate::clock::now_ms;
use crate::http::errors::SdkError;
use crate::ingest::crawlers::is_crawler;
use crate::ingest::edge::{Envelope, Refusal, Speaker, admit};
use crate::ingest::judge::Context;
use crate::ingest::log::Submission;
use crate::store::EventRow;
use crate::store::verdict::Sender;
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, HeaderName, ORIGIN, USER_AGENT};
use std::net::SocketAddr;
use ttoolab_core::reason::{Flag, RejectCode};

/// The longest `sdk` that is stored, in bytes: a name and a version.
const MAX_SDK_BYTES: usize = 64;

/// A header as text; one that is not ASCII text counts as absent.
fn header<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn origin(headers: &HeaderMap) -> Option<&str> {
    header(headers, &ORIGIN)
}

/// Refuses a client that asks too often. An unknown project is refused next, at no higher price.
fn limit(app: &App, peer: SocketAddr, project_key: &str) -> Result<(), SdkError> {
    match app.catalog.load().project(project_key) {
        Some(project) => app.rate_limit.admit(peer, Some(project)),
        None => Ok(()),
    }
}

/// Who sends events: what the body says of itself, and what the headers say of it.
fn speaker(
    app: &App,
    headers: &HeaderMap,
    project_key: &str,
    anonymous_id: &str,
    visitor_token: Option<&str>,
) -> Result<Speaker, Refusal> {
    let secret_key =
        header(headers, &AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
    let envelope =
        Envelope { project_key, anonymous_id, visitor_token, origin: origin(headers), secret_key };
    admit(&envelope, &app.catalog.load(), &app.keys)
}

/// What judging needs to know of a request, received now.
fn context<'a>(
    app: &App,
    speaker: &'a Speaker,
    headers: &HeaderMap,
    sdk: &'a str,
    webdriver: bool,
) -> Context<'a> {
    let visitor_hash = speaker.project.order_key.visitor(&speaker.visitor);
    Context {
        project: &speaker.project,
        visitor: speaker.visitor,
        sender: speaker.sender,
        token: speaker.token.as_ref(),
        flag: flag(speaker.sender, headers, webdriver),
        erased: app.suppressed.contains(speaker.project.id, &visitor_hash),
        visitor_hash,
        sdk: if sdk.len() <= MAX_SDK_BYTES { sdk } else { "" },
        received_ms: now_ms(),
    }
}

/// What a request hands to the log.
fn submission(
    context: &Context<'_>,
    rows: Vec<EventRow>,
    rejected: Vec<RejectCode>,
    bytes: usize,
) -> Submission {
    Submission {
        project_id: context.project.id,
        visitor_hash: context.visitor_hash,
        rows,
        rejected,
        received_ms: context.received_ms,
        bytes,
    }
}

/// Whether a page was opened by no person. A server speaks for its visitors and has a name of its
/// own.
fn flag(sender: Sender, headers: &HeaderMap, webdriver: bool) -> Option<Flag> {
    let crawler = || is_crawler(header(headers, &USER_AGENT).unwrap_or_default());
    match sender {
        Sender::Server => None,
        Sender::Browser if webdriver => Some(Flag::Webdriver),
        Sender::Browser => crawler().then_some(Flag::Crawler),
    }
}
