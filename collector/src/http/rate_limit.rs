//! How often one client may ask.

use axum::extract::{ConnectInfo, Request, State};
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::str::FromStr;
use std::sync::Arc;

use crate::app::App;

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

/// The limiter of a running collector.
pub(crate) struct RateLimit(DefaultKeyedRateLimiter<IpAddr>);

impl RateLimit {
    /// `None` when there is no limit.
    pub(crate) fn new(rate: Rate) -> Option<Self> {
        match rate {
            Rate::Off => None,
            Rate::PerSecond(number) => Some(Self(RateLimiter::keyed(Quota::per_second(number)))),
        }
    }
}

/// Refuses a client that asks too often; nothing of what it sent is looked at.
pub(crate) async fn enforce(
    State(app): State<Arc<App>>,
    ConnectInfo(client): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    let Some(RateLimit(limiter)) = &app.rate_limit else { return next.run(request).await };
    match limiter.check_key(&prefix(client.ip())) {
        Ok(()) => next.run(request).await,
        Err(until) => {
            // Keys of clients that have gone quiet would otherwise stay for ever.
            limiter.retain_recent();
            let seconds = until.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
            let headers = [(RETRY_AFTER, seconds.to_string())];
            (StatusCode::TOO_MANY_REQUESTS, headers, "Too many requests").into_response()
        }
    }
}

/// What counts as one client: an IPv4 address, or the /64 that one IPv6 subscriber holds.
fn prefix(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => {
            let mut segments = v6.segments();
            segments[4..].fill(0);
            IpAddr::from(segments)
        }
    }
}
