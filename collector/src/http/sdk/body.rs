//! Bodies of events: bounded, and read for what they are, whatever the header calls them.

use crate::app::App;
use crate::http::errors::SdkError;
use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRequest, Request};
use http_body_util::LengthLimitError;
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use ttoolab_core::batch::MAX_BODY_BYTES;

/// The bytes of a body after decompression, at most [`MAX_BODY_BYTES`].
///
/// Not axum's `Json`: it refuses `text/plain`, which is what pages send, because any other type
/// costs a preflight that dies with the page.
pub(crate) struct Body(pub(super) Bytes);

impl FromRequest<Arc<App>> for Body {
    type Rejection = SdkError;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, SdkError> {
        if app.draining.load(Ordering::Relaxed) {
            return Err(SdkError::Draining);
        }
        match to_bytes(request.into_body(), MAX_BODY_BYTES).await {
            Ok(bytes) => Ok(Self(bytes)),
            Err(error) if is_over_limit(&error) => Err(SdkError::BodyTooLarge),
            Err(_) => Err(SdkError::BodyUnreadable),
        }
    }
}

fn is_over_limit(error: &axum::Error) -> bool {
    error.source().is_some_and(<dyn Error + 'static>::is::<LengthLimitError>)
}
