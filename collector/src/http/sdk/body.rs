//! Bodies of events: bounded, and read for what they are, whatever the header calls them.

use super::encoding::Encoding;
use crate::app::App;
use crate::http::errors::SdkError;
use axum::body::Body as Stream;
use axum::extract::{FromRequest, Request};
use http_body_util::BodyExt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::timeout;
use ttoolab_core::batch::MAX_BODY_BYTES;

/// The longest silence within a body. Shorter than the drain of a stop, so that also then whoever
/// fell silent gets an answer.
const CHUNK_TIME: Duration = Duration::from_secs(4);
/// How long a whole body may take: leaves a second for the disk within the time of a request. For
/// the largest body this is 32 KiB a second.
const BODY_TIME: Duration = Duration::from_secs(8);
/// How long bytes are read that nobody will look at.
const DISCARD_TIME: Duration = Duration::from_secs(1);
/// The most of them. A connection that is closed over unread bytes is reset, and the reset takes
/// the answer with it: the page would send the same body again instead of halving it.
const MAX_DISCARDED_BYTES: usize = 1024 * 1024;

/// The bytes of a body after decompression, at most [`MAX_BODY_BYTES`].
///
/// Not axum's `Json`: it refuses `text/plain`, which is what pages send, because any other type
/// costs a preflight that dies with the page.
pub(crate) struct Body(pub(super) Vec<u8>);

impl FromRequest<Arc<App>> for Body {
    type Rejection = SdkError;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, SdkError> {
        let encoding = Encoding::of(request.headers());
        let body = request.into_body();
        if app.draining.load(Ordering::Relaxed) {
            discard(body).await;
            return Err(SdkError::Draining);
        }
        let wire = timeout(BODY_TIME, read(body)).await.unwrap_or(Err(SdkError::BodyStalled))?;
        Ok(Self(encoding?.decode(wire)?))
    }
}

/// Takes a body off the wire unread, before a refusal that does not depend on it.
pub(in crate::http) async fn discard(body: Stream) {
    // Whatever is wrong with it, the refusal stands.
    let _ = timeout(DISCARD_TIME, read(body)).await;
}

async fn read(mut body: Stream) -> Result<Vec<u8>, SdkError> {
    let mut bytes = Vec::new();
    let mut seen = 0_usize;
    loop {
        let frame = timeout(CHUNK_TIME, body.frame()).await;
        let Some(frame) = frame.map_err(|_| SdkError::BodyStalled)? else { break };
        // What is no data is trailers, which say nothing here.
        let Ok(data) = frame.map_err(|_| SdkError::BodyUnreadable)?.into_data() else { continue };
        seen += data.len();
        if seen <= MAX_BODY_BYTES {
            bytes.extend_from_slice(&data);
        } else if seen > MAX_BODY_BYTES + MAX_DISCARDED_BYTES {
            break;
        }
    }
    if seen > MAX_BODY_BYTES { Err(SdkError::BodyTooLarge) } else { Ok(bytes) }
}
