//! Errors as answers: plain documented text below `/sdk`, JSON below `/api`.
//!
//! Each enum is matched exhaustively, so a new error cannot forget its status. Whether a retry
//! helps is the status: 429 and 503 do, with `Retry-After`; 4xx do not.

use crate::admin::erase::Failed;
use crate::admin::experiment::Fault;
use crate::ingest::edge::Refusal;
use crate::ingest::log::LogError;
use crate::results::query::InvalidParameter;
use crate::store::Unreadable;
use crate::webhooks::ManageError;
use axum::Json;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::time::Duration;

/// How long a sender is asked to wait when nothing could be stored, in seconds.
const RETRY_AFTER_SECONDS: &str = "5";

/// An error below `/sdk`.
#[derive(Debug)]
pub(crate) enum SdkError {
    Refused(Refusal),
    /// `GET /sdk/bootstrap`: missing or unknown.
    ProjectKey,
    BodyTooLarge,
    BodyUnreadable,
    /// It did not come in time. Not 408, on which some browsers send again by themselves, at once.
    BodyStalled,
    Unavailable(LogError),
    Draining,
    /// A client asks more often than it may: how long it must wait.
    TooOften(Duration),
}

impl From<Refusal> for SdkError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<LogError> for SdkError {
    fn from(error: LogError) -> Self {
        Self::Unavailable(error)
    }
}

impl IntoResponse for SdkError {
    fn into_response(self) -> Response {
        metrics::counter!("ttoolab_refused_requests_total", "reason" => self.word()).increment(1);
        let bad_request = StatusCode::BAD_REQUEST;
        match self {
            Self::Refused(refusal) => {
                (refusal_status(refusal), refusal.to_string()).into_response()
            }
            Self::ProjectKey => (bad_request, "Invalid or missing projectKey").into_response(),
            Self::BodyUnreadable => (bad_request, "Invalid JSON body").into_response(),
            Self::BodyTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "Body too large").into_response(),
            Self::BodyStalled => come_back("the body did not come in time"),
            Self::Unavailable(error) => come_back(&error.to_string()),
            Self::Draining => come_back("stopping"),
            Self::TooOften(wait) => {
                // Rounded up: who comes back too early is refused again.
                let headers = [(RETRY_AFTER, (wait.as_secs() + 1).to_string())];
                (StatusCode::TOO_MANY_REQUESTS, headers, "Too many requests").into_response()
            }
        }
    }
}

impl SdkError {
    /// The reason as `/metrics` spells it.
    fn word(&self) -> &'static str {
        match self {
            Self::Refused(Refusal::Unreadable) | Self::BodyUnreadable => "unreadable",
            Self::Refused(Refusal::Incomplete) => "incomplete",
            Self::Refused(Refusal::AnonymousId) => "badAnonymousId",
            Self::Refused(Refusal::TooManyEvents) => "tooManyEvents",
            Self::Refused(Refusal::UnknownProject) | Self::ProjectKey => "unknownProject",
            Self::Refused(Refusal::Origin) => "origin",
            Self::Refused(Refusal::SecretKey) => "secretKey",
            Self::Refused(Refusal::SecretKeyInPage) => "secretKeyInPage",
            Self::BodyTooLarge => "bodyTooLarge",
            Self::BodyStalled => "bodyStalled",
            Self::Unavailable(LogError::Full) => "queueFull",
            Self::Unavailable(LogError::Slow) => "diskSlow",
            Self::Unavailable(LogError::DiskFull) => "diskFull",
            Self::Unavailable(LogError::Commit) => "commitFailed",
            Self::Unavailable(LogError::Stopped) | Self::Draining => "stopping",
            Self::TooOften(_) => "tooOften",
        }
    }
}

fn come_back(why: &str) -> Response {
    let headers = [(RETRY_AFTER, RETRY_AFTER_SECONDS)];
    (StatusCode::SERVICE_UNAVAILABLE, headers, format!("Unavailable: {why}")).into_response()
}

fn refusal_status(refusal: Refusal) -> StatusCode {
    match refusal {
        Refusal::Unreadable
        | Refusal::Incomplete
        | Refusal::AnonymousId
        | Refusal::TooManyEvents => StatusCode::BAD_REQUEST,
        Refusal::UnknownProject | Refusal::SecretKey => StatusCode::UNAUTHORIZED,
        Refusal::Origin | Refusal::SecretKeyInPage => StatusCode::FORBIDDEN,
    }
}

/// An error below `/api`.
#[derive(Debug)]
pub(crate) enum ApiError {
    Unauthorized,
    NotFound(&'static str),
    MethodNotAllowed,
    /// The database cannot be read or written now; a retry may help.
    Unavailable,
    Invalid {
        path: &'static str,
        message: &'static str,
    },
    /// The same of a body, where the path depends on it.
    Fault(Fault),
    TooLarge,
}

impl From<Fault> for ApiError {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<ManageError> for ApiError {
    fn from(error: ManageError) -> Self {
        match error {
            ManageError::Fault(fault) => Self::Fault(fault),
            ManageError::NotFound(what) => Self::NotFound(what),
            ManageError::Unavailable => Self::Unavailable,
        }
    }
}

impl From<Unreadable> for ApiError {
    fn from(Unreadable: Unreadable) -> Self {
        Self::Unavailable
    }
}

impl From<Failed> for ApiError {
    fn from(Failed: Failed) -> Self {
        Self::Unavailable
    }
}

impl From<InvalidParameter> for ApiError {
    fn from(InvalidParameter { name, message }: InvalidParameter) -> Self {
        Self::Invalid { path: name, message }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, code, path, message) = match self {
            Self::Unauthorized => {
                let message = "send `Authorization: Bearer <key>`, or sign in".to_owned();
                (StatusCode::UNAUTHORIZED, "unauthorized", None, message)
            }
            Self::NotFound(what) => {
                (StatusCode::NOT_FOUND, "not_found", None, format!("there is no such {what}"))
            }
            Self::MethodNotAllowed => {
                let message = "this path has no such method".to_owned();
                (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", None, message)
            }
            Self::Unavailable => {
                let message = "the database cannot be used now".to_owned();
                (StatusCode::SERVICE_UNAVAILABLE, "unavailable", None, message)
            }
            Self::Invalid { path, message } => {
                let message = format!("{path} {message}");
                (StatusCode::UNPROCESSABLE_ENTITY, "invalid", Some(path.to_owned()), message)
            }
            Self::Fault(Fault { path, message }) => {
                let message = format!("{path} {message}");
                (StatusCode::UNPROCESSABLE_ENTITY, "invalid", Some(path), message)
            }
            Self::TooLarge => {
                let message = "the body is larger than 16 KiB".to_owned();
                (StatusCode::PAYLOAD_TOO_LARGE, "too_large", None, message)
            }
        };
        let error = json!({"error": {"code": code, "message": message, "path": path}});
        (status, Json(error)).into_response()
    }
}
