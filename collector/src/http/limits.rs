//! What bounds a request whatever it asks for, and keeps every answer readable.

use axum::Router;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{Method, StatusCode};
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{Any, CorsLayer};
use tower_http::timeout::TimeoutLayer;

/// How long a request may take until its answer begins. Pages give up after ten seconds; a little
/// earlier, they still hear why.
const REQUEST_TIME: Duration = Duration::from_secs(9);
/// How long a browser may remember a preflight: the longest that Chromium honours.
const PREFLIGHT_AGE: Duration = Duration::from_secs(2 * 60 * 60);

/// Not 503, which promises that nothing was stored: an event may be on its way to the disk, which
/// does not answer. To the SDK, any other 5xx means: unknown, send the same ids again.
const TOO_LATE: StatusCode = StatusCode::GATEWAY_TIMEOUT;

/// For routes that people and programs ask.
pub(super) fn bounded<S: Clone + Send + Sync + 'static>(routes: Router<S>) -> Router<S> {
    routes.layer(TimeoutLayer::with_status_code(TOO_LATE, REQUEST_TIME))
}

/// For routes that pages ask: any origin may read the answer, or a page could not tell a refusal
/// from a dead network; who may *write* is decided per project. Credentials are never part of it.
pub(super) fn readable<S: Clone + Send + Sync + 'static>(routes: Router<S>) -> Router<S> {
    let cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([CONTENT_TYPE])
        .expose_headers([RETRY_AFTER])
        .max_age(PREFLIGHT_AGE);
    // Outermost, so that the headers stand on the answers of every layer below. Only a head that
    // hyper itself cannot read is answered without them; a browser does not send such a head.
    bounded(routes).layer(CatchPanicLayer::new()).layer(cors)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::extract::Request;
    use axum::routing::get;
    use tower::ServiceExt;

    async fn check(path: &str, status: StatusCode) {
        let routes = Router::new().route("/hangs", get(std::future::pending::<()>)).route(
            "/panics",
            get(|| async {
                if true {
                    panic!("as a bug would")
                }
            }),
        );
        let request = Request::get(path).body(Body::empty()).unwrap();
        let answer = readable(routes).oneshot(request).await.unwrap();
        assert_eq!(answer.status(), status);
        assert_eq!(answer.headers()["access-control-allow-origin"], "*");
        assert_eq!(answer.headers()["access-control-expose-headers"], "retry-after");
    }

    #[tokio::test(start_paused = true)]
    async fn a_page_can_read_the_answers_of_layers() {
        check("/hangs", StatusCode::GATEWAY_TIMEOUT).await;
        check("/panics", StatusCode::INTERNAL_SERVER_ERROR).await;
        check("/is-nowhere", StatusCode::NOT_FOUND).await;
    }
}
