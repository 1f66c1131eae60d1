//! What every page has around its content.

use maud::{DOCTYPE, Markup, html};

/// A page for somebody who is signed in.
pub(super) fn page(title: &str, content: &Markup) -> Markup {
    document(
        title,
        &html! {
            header .top {
                a .brand href="/" { "Ttoolab" }
                form method="post" action="/logout" { button .quiet { "Sign out" } }
            }
            main { (content) }
        },
    )
}

/// A page that says one thing.
pub(super) fn message(title: &str, text: &str) -> Markup {
    document(
        title,
        &html! {
            main .narrow {
                h1 { (title) }
                p { (text) }
                p { a href="/" { "All experiments" } }
            }
        },
    )
}

/// The bare document.
pub(super) fn document(title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · Ttoolab" }
                link rel="icon" href="data:,";
                link rel="stylesheet" href="/assets/dashboard.css";
            }
            body { (body) }
        }
    }
}
