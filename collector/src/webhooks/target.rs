//! The URL of an endpoint, taken apart once: what is checked is what is connected to, so no two
//! readers of the text can disagree about its host.

use super::guard::{Forbidden, Guard};
use hyper::http::Uri;
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The longest URL, in bytes.
const MAX_BYTES: usize = 2_048;
/// The longest name of a host, and of a label of it: those of DNS.
const MAX_NAME_BYTES: usize = 253;
const MAX_LABEL_BYTES: usize = 63;

/// Ports from 1024 on where no web server is: those that browsers refuse
/// (<https://fetch.spec.whatwg.org/#port-blocking>).
const BAD_PORTS: [u16; 18] = [
    1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669,
    6679, 6697,
];

/// Whether TLS is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    Http,
    Https,
}

/// Whom the URL names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Host {
    Address(IpAddr),
    Name(String),
}

/// Where messages go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Target {
    text: String,
    pub(crate) scheme: Scheme,
    pub(crate) host: Host,
    pub(crate) port: u16,
    /// As the `Host` header has it.
    pub(crate) authority: String,
    pub(crate) path: String,
}

/// A text that no message is sent to. It repeats nothing of the text, which may hold a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidTarget {
    #[error("is at most 2048 visible ASCII characters, without a backslash")]
    Characters,
    #[error("is an absolute URL such as https://example.com/hook")]
    NoUrl,
    #[error("begins with https:// or http://")]
    Scheme,
    #[error("has no user name or password")]
    Credentials,
    #[error("has no fragment")]
    Fragment,
    #[error("has a host name, or an address as four decimal numbers or as IPv6 in brackets")]
    Host,
    #[error("has port 443, 80, or one from 1024 on that browsers take")]
    Port,
}

impl Target {
    /// As it was written.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Refuses an address in the text that may not be reached. Names are looked up at delivery.
    pub(crate) fn check(&self, guard: Guard) -> Result<(), Forbidden> {
        match self.host {
            Host::Address(address) => guard.admit(address).map(drop),
            Host::Name(_) => Ok(()),
        }
    }
}

#[cfg(test)]
impl Target {
    /// What a sender takes that only reads a URL as browsers do.
    pub(super) fn unchecked(url: &url::Url) -> Self {
        let host = match url.host().unwrap() {
            url::Host::Domain(name) => Host::Name(name.to_owned()),
            url::Host::Ipv4(address) => Host::Address(address.into()),
            url::Host::Ipv6(address) => Host::Address(address.into()),
        };
        Self {
            text: url.as_str().to_owned(),
            scheme: if url.scheme() == "https" { Scheme::Https } else { Scheme::Http },
            host,
            port: url.port_or_known_default().unwrap(),
            authority: url.authority().to_owned(),
            path: "/".to_owned(),
        }
    }
}

impl From<Target> for String {
    fn from(target: Target) -> Self {
        target.text
    }
}

impl TryFrom<String> for Target {
    type Error = InvalidTarget;

    fn try_from(text: String) -> Result<Self, InvalidTarget> {
        let plain = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        if text.len() > MAX_BYTES || !plain {
            return Err(InvalidTarget::Characters);
        }
        if text.contains('#') {
            return Err(InvalidTarget::Fragment);
        }
        let uri: Uri = text.parse().map_err(|_| InvalidTarget::NoUrl)?;
        let (scheme, default_port) = match uri.scheme_str() {
            Some("https") => (Scheme::Https, 443),
            Some("http") => (Scheme::Http, 80),
            Some(_) => return Err(InvalidTarget::Scheme),
            None => return Err(InvalidTarget::NoUrl),
        };
        let authority = uri.authority().ok_or(InvalidTarget::NoUrl)?;
        if authority.as_str().contains('@') {
            return Err(InvalidTarget::Credentials);
        }
        let host = host(authority.host())?;
        // A colon with nothing behind it, or with no number.
        let bare = authority.as_str().len() == authority.host().len();
        let port = match authority.port_u16() {
            Some(port) => port,
            None if bare => default_port,
            None => return Err(InvalidTarget::Port),
        };
        if !is_web_port(port) {
            return Err(InvalidTarget::Port);
        }
        let path = uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        let authority = authority.as_str().to_owned();
        Ok(Self { scheme, host, port, authority, path, text })
    }
}

fn is_web_port(port: u16) -> bool {
    matches!(port, 80 | 443 | 1024..) && !BAD_PORTS.contains(&port)
}

fn host(text: &str) -> Result<Host, InvalidTarget> {
    if let Some(inner) = text.strip_prefix('[') {
        let inner = inner.strip_suffix(']').ok_or(InvalidTarget::Host)?;
        let address: Ipv6Addr = inner.parse().map_err(|_| InvalidTarget::Host)?;
        return Ok(Host::Address(IpAddr::V6(address)));
    }
    let name = text.strip_suffix('.').unwrap_or(text);
    let last = name.rsplit('.').next().unwrap_or(name);
    // The rule of browsers: a host that ends in a number is an address. Their other spellings of
    // it (one decimal number, octal, hexadecimal, fewer parts) are refused: resolvers read them
    // too, and not all alike.
    if is_number(last) {
        let address: Ipv4Addr = name.parse().map_err(|_| InvalidTarget::Host)?;
        return Ok(Host::Address(IpAddr::V4(address)));
    }
    let label_fits = |label: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        (1..=MAX_LABEL_BYTES).contains(&label.len()) && label.bytes().all(plain)
    };
    if name.len() > MAX_NAME_BYTES || !name.split('.').all(label_fits) {
        return Err(InvalidTarget::Host);
    }
    Ok(Host::Name(name.to_ascii_lowercase()))
}

fn is_number(label: &str) -> bool {
    let hexadecimal = label.strip_prefix("0x").or_else(|| label.strip_prefix("0X"));
    let decimal = !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_digit());
    decimal || hexadecimal.is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Target, InvalidTarget> {
        Target::try_from(text.to_owned())
    }

    #[test]
    fn a_url_is_taken_apart() {
        let target = parse("https://Hooks.example:8443/a?b=c").unwrap();
        assert_eq!(target.host, Host::Name("hooks.example".to_owned()));
        assert_eq!((target.scheme, target.port), (Scheme::Https, 8443));
        let rest = (target.authority.as_str(), target.path.as_str());
        assert_eq!(rest, ("Hooks.example:8443", "/a?b=c"));
        assert_eq!(parse("http://a.example").unwrap().path, "/");
        let literal = parse("http://[2001:db8::1]/").unwrap();
        assert!(matches!(literal.host, Host::Address(IpAddr::V6(_))));
    }

    #[test]
    fn what_is_refused_and_why() {
        let long = format!("https://a.example/{}", "a".repeat(MAX_BYTES));
        for (text, why) in [
            ("", InvalidTarget::NoUrl),
            ("/hook", InvalidTarget::NoUrl),
            ("example.com", InvalidTarget::NoUrl),
            ("ftp://a.example/", InvalidTarget::Scheme),
            ("file:///etc/passwd", InvalidTarget::NoUrl),
            ("https://u:p@a.example/", InvalidTarget::Credentials),
            ("https://a.example/#b", InvalidTarget::Fragment),
            ("https://a.example\\@b.example/", InvalidTarget::Characters),
            ("https://bücher.example/", InvalidTarget::Characters),
            (&long, InvalidTarget::Characters),
            ("https://2130706433/", InvalidTarget::Host),
            ("https://0x7f.1/", InvalidTarget::Host),
            ("https://0177.0.0.1/", InvalidTarget::Host),
            ("https://a..example/", InvalidTarget::Host),
            ("https://a.example:22/", InvalidTarget::Port),
            ("https://a.example:6667/", InvalidTarget::Port),
            ("https://a.example:/", InvalidTarget::Port),
        ] {
            assert_eq!(parse(text), Err(why), "{text}");
        }
    }
}
