//! The built SDK, carried in the binary: `GET /sdk/ttoolab.js` and the hashed files beside it.

use axum::extract::Path;
use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

/// `js/dist` as `cargo xtask build` makes it; empty in a build without it.
#[derive(RustEmbed)]
#[folder = "../js/dist"]
#[allow_missing = true]
struct Sdk;

/// How a body may be encoded, best first, and the name ending of the precompressed file.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// Answers with a file of the SDK.
pub(super) async fn sdk_file(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let accepted = accepted.unwrap_or_default();
    let Some(content_type) = content_type(&name) else { return missing() };
    let compressed = ENCODINGS.iter().filter(|(encoding, _)| accepts(accepted, encoding)).find_map(
        |(encoding, ending)| Some((Sdk::get(&format!("{name}{ending}"))?, Some(*encoding))),
    );
    let found = compressed.or_else(|| Sdk::get(&name).map(|file| (file, None)));
    let Some((EmbeddedFile { data, .. }, encoding)) = found else { return missing() };
    let fixed = [
        (CONTENT_TYPE, content_type),
        (CACHE_CONTROL, cache_control(&name)),
        (VARY, "accept-encoding"),
    ];
    let mut response = (fixed, data.into_owned()).into_response();
    if let Some(encoding) = encoding {
        let encoding = axum::http::HeaderValue::from_static(encoding);
        response.headers_mut().insert(CONTENT_ENCODING, encoding);
    }
    response
}

fn missing() -> Response {
    (StatusCode::NOT_FOUND, "Not found").into_response()
}

/// Only what a page may load is served.
fn content_type(name: &str) -> Option<&'static str> {
    match name.rsplit_once('.')?.1 {
        "js" => Some("text/javascript; charset=utf-8"),
        // The type that streaming compilation asks for.
        "wasm" => Some("application/wasm"),
        _ => None,
    }
}

/// Hashed names never change their content; the script tag's name must follow a release.
fn cache_control(name: &str) -> &'static str {
    match name {
        "ttoolab.js" | "index.js" | "stub.js" | "antiflicker.js" => "public, max-age=300",
        _ => "public, max-age=31536000, immutable",
    }
}

fn accepts(header: &str, encoding: &str) -> bool {
    header.split(',').any(|part| {
        let mut part = part.trim().split(';');
        part.next().is_some_and(|name| name.trim() == encoding)
            && !part.any(|parameter| parameter.trim() == "q=0")
    })
}
