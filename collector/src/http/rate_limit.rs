//! How often one client may ask, for each project.
//!
//! By project as well as by client: behind one address are an office, a school or a reverse proxy,
//! and one site's burst must not take the others' turn. Not by project alone: then anybody could
//! use up a site's limit, and all of its visitors would be refused.
//!
//! The project of a batch stands in its body, so that is read before the limit is asked: at most
//! 256 KiB, taken off the wire in any case, for a connection that is closed over unread bytes is
//! reset and takes the answer with it. Judging and the disk, which cost more, come after.

use super::client::client;
use super::errors::SdkError;
use super::sdk::body::discard;
use crate::admin::project::Project;
use crate::app::App;
use axum::extract::{ConnectInfo, Query, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rate {
    /// No limit.
    Off,
    /// Requests per second, with a burst of as many.
    PerSecond(NonZeroU32),
}

impl FromStr for Rate {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "off" {
            return Ok(Self::Off);
        }
        let per_second = text.strip_suffix("/s").and_then(|number| number.parse().ok());
        per_second.map(Self::PerSecond).ok_or("is `off`, or a number followed by `/s`")
    }
}

/// How many requests lie between two sweeps for clients that have gone quiet. A client is quiet
/// after a second, and a request adds one entry at most, so the memory holds at most this many
/// beside those of the last second: a few MB.
const SWEEP_EVERY: u32 = 16_384;

/// What is counted together: a client's requests for one project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Asker {
    client: IpAddr,
    /// The number of a project that exists: names that a sender makes up take no room. `None`: the
    /// files of the SDK, and whatever names no project.
    project: Option<i64>,
}

/// The limiter of a running collector.
pub(crate) struct RateLimit {
    /// `None` when there is no limit.
    limiter: Option<DefaultKeyedRateLimiter<Asker>>,
    asked: AtomicU32,
    /// How many requests were refused since the start, by project.
    refused: Mutex<BTreeMap<i64, u64>>,
}

impl RateLimit {
    pub(crate) fn new(rate: Rate) -> Self {
        match rate {
            Rate::Off => Self::of(None),
            Rate::PerSecond(number) => Self::of(Some(Quota::per_second(number))),
        }
    }

    fn of(quota: Option<Quota>) -> Self {
        let limiter = quota.map(RateLimiter::keyed);
        Self { limiter, asked: AtomicU32::new(0), refused: Mutex::default() }
    }

    /// Counts a request of a peer for a project, and refuses it if it is one too many.
    pub(crate) fn admit(
        &self,
        peer: SocketAddr,
        project: Option<&Project>,
    ) -> Result<(), SdkError> {
        let asker = Asker { client: client(peer.ip()), project: project.map(|known| known.id) };
        let Some(wait) = self.wait(asker) else { return Ok(()) };
        let key = project.map_or_else(String::new, |known| known.key().to_string());
        metrics::counter!("ttoolab_rate_limited_total", "project" => key).increment(1);
        if let Some(project) = project {
            let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
            *refused.entry(project.id).or_default() += 1;
        }
        Err(SdkError::TooOften(wait))
    }

    /// How many requests for a project were refused since the start.
    pub(crate) fn refused(&self, project: &Project) -> u64 {
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.get(&project.id).copied().unwrap_or_default()
    }

    /// How long an asker must wait, if it must.
    fn wait(&self, asker: Asker) -> Option<Duration> {
        let limiter = self.limiter.as_ref()?;
        if self.asked.fetch_add(1, Ordering::Relaxed).is_multiple_of(SWEEP_EVERY) {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
        let until = limiter.check_key(&asker).err()?;
        Some(until.wait_time_from(DefaultClock::default().now()))
    }
}

/// The part of a query that says which project it is about.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Named {
    project_key: String,
}

/// For requests whose address says which project they are about, if they are about one.
pub(crate) async fn enforce(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    let named = Query::<Named>::try_from_uri(request.uri()).map(|Query(named)| named);
    let key = named.unwrap_or_default().project_key;
    let admitted = app.rate_limit.admit(peer, app.catalog.load().project(&key).map(AsRef::as_ref));
    match admitted {
        Ok(()) => next.run(request).await,
        Err(refused) => {
            discard(request.into_body()).await;
            refused.into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One request, and no other for an hour: no test is that slow.
    fn one_each() -> RateLimit {
        RateLimit::of(Some(Quota::per_hour(NonZeroU32::MIN)))
    }

    fn asker(client: [u8; 4], project: Option<i64>) -> Asker {
        Asker { client: client.into(), project }
    }

    #[test]
    fn a_flood_takes_nobody_elses_turn() {
        let limit = one_each();
        let (one, other) = ([203, 0, 113, 1], [203, 0, 113, 2]);
        assert_eq!(limit.wait(asker(one, Some(1))), None);
        for _ in 0..1_000 {
            assert!(limit.wait(asker(one, Some(1))).is_some());
        }
        assert_eq!(limit.wait(asker(one, Some(2))), None, "the same client, another project");
        assert_eq!(limit.wait(asker(one, None)), None, "the same client, no project");
        assert_eq!(limit.wait(asker(other, Some(1))), None, "another client, the same project");
    }

    #[test]
    fn without_a_limit_nobody_waits_and_nothing_is_kept() {
        let limit = RateLimit::new(Rate::Off);
        for _ in 0..1_000 {
            assert_eq!(limit.wait(asker([203, 0, 113, 1], Some(1))), None);
        }
        assert!(limit.limiter.is_none());
    }

    #[test]
    fn askers_that_have_gone_quiet_are_forgotten() {
        let limit = RateLimit::new(Rate::PerSecond(NonZeroU32::MAX));
        let limiter = limit.limiter.as_ref().unwrap();
        let mut most = 0;
        for number in 0..3 * SWEEP_EVERY {
            let project = Some(i64::from(number % 7));
            assert_eq!(limit.wait(asker(number.to_be_bytes(), project)), None);
            if number % 1_024 == 0 {
                most = most.max(limiter.len());
            }
        }
        assert!(most <= SWEEP_EVERY as usize, "{most}");
        assert!(limiter.len() <= SWEEP_EVERY as usize, "{}", limiter.len());
    }
}
