//! Signing in with the admin key, and out.

use super::layout;
use crate::app::App;
use crate::http::session::{COOKIE, token_in};
use axum::Form;
use axum::extract::State;
use axum::http::header::{COOKIE as COOKIE_HEADER, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;
use std::sync::Arc;

/// `GET /login`.
pub(crate) async fn login_form() -> Markup {
    form(None)
}

/// What the form sends.
#[derive(Deserialize)]
pub(crate) struct Credentials {
    key: String,
}

/// `POST /login`: opens a session for whoever has the admin key.
pub(crate) async fn login(
    State(app): State<Arc<App>>,
    Form(credentials): Form<Credentials>,
) -> Response {
    if !app.keys.is_admin(credentials.key.trim()) {
        let again = form(Some("That is not the admin key."));
        return (StatusCode::UNAUTHORIZED, again).into_response();
    }
    // Not marked Secure: the collector itself speaks plain http, on loopback or behind a proxy.
    let token = app.sessions.open();
    let cookie = format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict");
    ([(SET_COOKIE, cookie)], Redirect::to("/")).into_response()
}

/// `POST /logout`.
pub(crate) async fn logout(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let cookies = headers.get(COOKIE_HEADER).and_then(|value| value.to_str().ok());
    if let Some(token) = cookies.and_then(token_in) {
        app.sessions.close(token);
    }
    let gone = format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
    ([(SET_COOKIE, gone)], Redirect::to("/login")).into_response()
}

fn form(complaint: Option<&str>) -> Markup {
    layout::document(
        "Sign in",
        &html! {
            main .narrow {
                h1 { "Ttoolab" }
                form .card method="post" action="/login" {
                    label for="key" { "Admin key" }
                    input #key name="key" type="password" required autofocus
                        autocomplete="current-password";
                    @if let Some(complaint) = complaint {
                        p .complaint role="alert" { (complaint) }
                    }
                    button { "Sign in" }
                    p .hint { "The collector printed it when it was first started." }
                }
            }
        },
    )
}
