//! Which web origins may speak for a project.

/// A project's allow-list of origins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origins(Vec<String>);

/// An entry that can never equal an `Origin` header.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no origin: write scheme, host and port only, such as https://shop.example")]
pub(crate) struct InvalidOrigin(String);

impl Origins {
    /// Checks the list; `*` alone allows every origin.
    pub(crate) fn parse(list: &[String]) -> Result<Self, InvalidOrigin> {
        let origins = list.iter().map(|entry| parse(entry)).collect::<Result<_, _>>()?;
        Ok(Self(origins))
    }

    /// Tells whether a page of that origin may speak for the project.
    pub(crate) fn allow(&self, origin: &str) -> bool {
        self.0.iter().any(|allowed| allowed == "*" || matches(allowed, origin))
    }

    /// Tells whether every origin is allowed, which is for local work only.
    pub(crate) fn allow_all(&self) -> bool {
        self.0.iter().any(|allowed| allowed == "*")
    }
}

fn parse(entry: &str) -> Result<String, InvalidOrigin> {
    let invalid = || InvalidOrigin(entry.to_owned());
    if entry == "*" {
        return Ok(entry.to_owned());
    }
    let (scheme, authority) = entry.split_once("://").ok_or_else(invalid)?;
    let one_label = authority.strip_prefix("*.").unwrap_or(authority);
    let plain = !one_label.is_empty() && !one_label.contains(['/', '?', '#', '@', '*', ' ']);
    if !matches!(scheme, "http" | "https") || !plain {
        return Err(invalid());
    }
    Ok(entry.to_ascii_lowercase())
}

/// An allowed origin may have one wildcard label in front: `https://*.shop.example` takes
/// `https://www.shop.example`, neither `https://shop.example` nor `https://a.b.shop.example`.
fn matches(allowed: &str, origin: &str) -> bool {
    let Some((scheme, rest)) = allowed.split_once("://*.") else {
        return allowed == origin;
    };
    let label = origin
        .strip_prefix(scheme)
        .and_then(|host| host.strip_prefix("://"))
        .and_then(|host| host.strip_suffix(rest))
        .and_then(|host| host.strip_suffix('.'));
    label.is_some_and(|label| !label.is_empty() && !label.contains('.'))
}

/// The origin of a URL: scheme, host and port; `None` when it has none.
pub(crate) fn origin_of(url: &str) -> Option<&str> {
    let host = url.find("://")? + 3;
    let end = url[host..].find(['/', '?', '#']).map_or(url.len(), |at| host + at);
    (end > host).then(|| &url[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(allowed: &str, origin: &str, expected: bool) {
        let origins = Origins::parse(&[allowed.to_owned()]).unwrap();
        assert_eq!(origins.allow(origin), expected, "{allowed} for {origin}");
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        check("https://shop.example", "https://shop.example", true);
        check("https://shop.example", "http://shop.example", false);
        check("https://shop.example", "https://shop.example:8443", false);
        check("https://shop.example", "https://shop.example.evil.example", false);
        check("*", "https://anything.example", true);
    }

    #[test]
    fn a_wildcard_is_one_label() {
        check("https://*.shop.example", "https://www.shop.example", true);
        check("https://*.shop.example", "https://shop.example", false);
        check("https://*.shop.example", "https://a.b.shop.example", false);
        check("https://*.shop.example", "https://evilshop.example", false);
    }

    #[test]
    fn an_entry_with_a_path_is_refused() {
        for entry in ["https://shop.example/", "shop.example", "ftp://shop.example", "https://"] {
            assert!(Origins::parse(&[entry.to_owned()]).is_err(), "{entry}");
        }
    }
}
