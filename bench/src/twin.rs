//! Servers that do a part of the collector's work, to measure it against: same framework, same
//! runtime, same bodies.

use anyhow::Result;
use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::post;
use clap::ValueEnum;
use std::hint::black_box;
use tokio::net::TcpListener;
use ttoolab_core::batch::Batch;
use ttoolab_core::check::{IdRule, check_event};

/// How much of the work is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Twin {
    /// The body is read, and forgotten.
    Read,
    /// The body is read into the wire's types, and each event checked: what nobody can leave out
    /// who wants to know what was sent.
    Parse,
}

impl Twin {
    /// The word on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Parse => "parse",
        }
    }
}

/// Serves until killed; says where on the first line, as the collector does.
pub(crate) fn serve(twin: Twin) -> Result<()> {
    let route = match twin {
        Twin::Read => post(read),
        Twin::Parse => post(parse),
    };
    let router = Router::new().route("/sdk/events", route);
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("Twin  http://{}/", listener.local_addr()?);
        axum::serve(listener, router).await?;
        Ok(())
    })
}

async fn read(body: Bytes) -> StatusCode {
    black_box(&body);
    StatusCode::NO_CONTENT
}

async fn parse(body: Bytes) -> StatusCode {
    let Ok(batch) = serde_json::from_slice::<Batch<'_>>(&body) else {
        return StatusCode::BAD_REQUEST;
    };
    for raw in &batch.events {
        let Ok(event) = check_event(raw, IdRule::Required) else { return StatusCode::BAD_REQUEST };
        black_box(&event);
    }
    StatusCode::NO_CONTENT
}
