//! How often one client may ask.

use super::client::client;
use super::sdk::body::discard;
use crate::app::App;
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
use std::sync::atomic::{AtomicU32, Ordering};
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
/// after a second, so the memory holds at most this many beside those of the last second: a few MB.
const SWEEP_EVERY: u32 = 16_384;

/// The limiter of a running collector. By client alone: which project a batch is for stands in its
/// body, which is what a refusal saves us from reading.
pub(crate) struct RateLimit {
    limiter: DefaultKeyedRateLimiter<IpAddr>,
    asked: AtomicU32,
}

impl RateLimit {
    /// `None` when there is no limit.
    pub(crate) fn new(rate: Rate) -> Option<Self> {
        match rate {
            Rate::Off => None,
            Rate::PerSecond(number) => {
                let limiter = RateLimiter::keyed(Quota::per_second(number));
                Some(Self { limiter, asked: AtomicU32::new(0) })
            }
        }
    }

    /// How long a client must wait, if it must.
    fn wait(&self, client: IpAddr) -> Option<Duration> {
        if self.asked.fetch_add(1, Ordering::Relaxed).is_multiple_of(SWEEP_EVERY) {
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
        }
        let until = self.limiter.check_key(&client).err()?;
        Some(until.wait_time_from(DefaultClock::default().now()))
    }
}

/// Refuses a client that asks too often; nothing of what it sent is looked at.
pub(crate) async fn enforce(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    let wait = app.rate_limit.as_ref().and_then(|limit| limit.wait(client(peer.ip())));
    let Some(wait) = wait else { return next.run(request).await };
    discard(request.into_body()).await;
    // Rounded up: who comes back too early is refused again.
    let headers = [(RETRY_AFTER, (wait.as_secs() + 1).to_string())];
    (StatusCode::TOO_MANY_REQUESTS, headers, "Too many requests").into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_that_have_gone_quiet_are_forgotten() {
        let rate = Rate::PerSecond(NonZeroU32::MAX);
        let limit = RateLimit::new(rate).unwrap();
        for number in 0..3 * SWEEP_EVERY {
            assert_eq!(limit.wait(IpAddr::from(number.to_be_bytes())), None);
        }
        assert!(limit.limiter.len() <= SWEEP_EVERY as usize, "{}", limit.limiter.len());
    }
}
