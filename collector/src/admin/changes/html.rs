//! HTML of a change, read as a browser's tokenizer reads it.
//!
//! A tokenizer alone does not know in which element the HTML will stand, and that decides whether
//! some text is text (in `style`, say) or tags (the same within `svg`). So a `<` is refused
//! wherever that could make a difference, and every tag that is left is a tag everywhere.

use super::{Danger, attribute_danger};
use html5gum::emitters::default::DefaultEmitter;
use html5gum::{Token, Tokenizer};

/// What would run a script, or have the page's own addresses mean something else; and obsolete
/// elements of raw text, which the tokenizer does not know as such.
const REFUSED: [&[u8]; 11] = [
    b"script",
    b"base",
    b"meta",
    b"frame",
    b"frameset",
    b"noscript",
    b"noframes",
    b"noembed",
    b"xmp",
    b"plaintext",
    b"listing",
];
/// Elements whose content is text in HTML.
const RAW_TEXT: [&[u8]; 4] = [b"style", b"title", b"textarea", b"iframe"];

/// The first thing in it that a browser would execute.
pub(super) fn danger(html: &str) -> Option<Danger> {
    let mut in_raw_text = false;
    for token in tokens(html) {
        let danger = match &token {
            Token::StartTag(tag) => {
                in_raw_text = RAW_TEXT.contains(&&**tag.name);
                if REFUSED.contains(&&**tag.name) {
                    return Some(Danger::Element);
                }
                let attributes = tag.attributes.iter().map(|(name, value)| {
                    (String::from_utf8_lossy(name), String::from_utf8_lossy(&value.value))
                });
                attributes.into_iter().find_map(|(name, value)| {
                    attribute_danger(&name, &value).or_else(|| animation_danger(&name, &value))
                })
            }
            Token::EndTag(_) => {
                in_raw_text = false;
                None
            }
            Token::Comment(text) => is_ambiguous_comment(&text.value).then_some(Danger::Ambiguous),
            Token::String(text) => {
                (in_raw_text && text.value.contains(&b'<')).then_some(Danger::Ambiguous)
            }
            Token::Doctype(_) | Token::Error(_) => None,
        };
        if danger.is_some() {
            return danger;
        }
    }
    None
}

/// Judges an attribute's value that a script of the page may put into HTML once more.
pub(super) fn danger_once_read(name: &str, value: &str) -> Option<Danger> {
    if !value.contains('&') {
        return None;
    }
    let html = ["<a x=\"", &value.replace('"', "&quot;"), "\">"].concat();
    tokens(&html).find_map(|token| match token {
        Token::StartTag(tag) => tag
            .attributes
            .values()
            .find_map(|read| attribute_danger(name, &String::from_utf8_lossy(&read.value))),
        Token::EndTag(_)
        | Token::Comment(_)
        | Token::String(_)
        | Token::Doctype(_)
        | Token::Error(_) => None,
    })
}

fn tokens(html: &str) -> impl Iterator<Item = Token> {
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    Tokenizer::new_with_emitter(html, emitter).filter_map(Result::ok)
}

/// An animation can set an attribute to a script.
fn animation_danger(name: &str, value: &str) -> Option<Danger> {
    let value = value.trim().to_ascii_lowercase();
    let to_a_script = value == "href" || value == "xlink:href" || value.starts_with("on");
    (name == "attributename" && to_a_script).then_some(Danger::Handler)
}

fn is_ambiguous_comment(text: &[u8]) -> bool {
    text.contains(&b'<') || text.to_ascii_lowercase().starts_with(b"[cdata[")
}
