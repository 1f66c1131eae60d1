//! The README's snippets, made from what is built: what people paste must be what we ship.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::bundle;
use crate::place;

const README: &str = "README.md";

/// A text to paste, as the README shows it between two marks.
struct Snippet {
    /// What its marks are called.
    name: &'static str,
    /// The built file.
    file: &'static str,
    before: &'static str,
    after: &'static str,
}

const SNIPPETS: [Snippet; 2] = [
    Snippet {
        name: "snippet",
        file: "stub.js",
        before: "<script>",
        after: "</script>\n<script async src=\"https://collector.example/sdk/ttoolab.js\" \
                data-project-key=\"demo\"></script>",
    },
    Snippet {
        name: "antiflicker",
        file: "antiflicker.js",
        before: "<script data-hide=\"#hero, .price\" data-limit=\"500\">",
        after: "</script>",
    },
];

/// Writes the snippet into the README, unless it stands there already.
pub(crate) fn bring_up_to_date() -> Result<()> {
    let (old, new) = texts()?;
    if old != new {
        fs::write(place::in_repo(README), new).context("README.md cannot be written")?;
        println!("README.md: the snippets were brought up to date");
    }
    Ok(())
}

/// Fails when the README shows another snippet than the one that is built.
pub(crate) fn check() -> Result<()> {
    let (old, new) = texts()?;
    if old != new {
        bail!("README.md shows an old snippet: `cargo xtask build` writes the new one");
    }
    Ok(())
}

/// The README as it is, and as it should be.
fn texts() -> Result<(String, String)> {
    let readme = fs::read_to_string(place::in_repo(README)).context("README.md cannot be read")?;
    let mut new = readme.clone();
    for snippet in &SNIPPETS {
        let path = place::in_repo(bundle::SDK).join(snippet.file);
        let text = fs::read_to_string(&path)
            .with_context(|| format!("{} cannot be read", path.display()))?;
        new = snippet.put_into(&new, &text)?;
    }
    Ok((readme, new))
}

impl Snippet {
    fn put_into(&self, readme: &str, text: &str) -> Result<String> {
        let begin = format!("<!-- {}: written by `cargo xtask build` -->\n", self.name);
        let end = format!("<!-- /{} -->", self.name);
        let marks = || format!("README.md has no place for {}", self.file);
        let (before, rest) = readme.split_once(&begin).with_context(marks)?;
        let (_, after) = rest.split_once(&end).with_context(marks)?;
        let text = [self.before, text.trim(), self.after].concat();
        Ok(format!("{before}{begin}```html\n{text}\n```\n{end}{after}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_between_the_marks_is_replaced() {
        let begin = "<!-- antiflicker: written by `cargo xtask build` -->\n";
        let end = "<!-- /antiflicker -->";
        let readme = format!("before\n{begin}old{end}\nafter\n");
        let [_, snippet] = SNIPPETS;
        let new = snippet.put_into(&readme, "hide()\n").unwrap();
        assert!(new.starts_with(&format!("before\n{begin}```html\n<script data-hide=")));
        assert!(new.ends_with(&format!(">hide()</script>\n```\n{end}\nafter\n")));
        assert_eq!(snippet.put_into(&new, "hide()").unwrap(), new);
    }

    #[test]
    fn a_readme_without_marks_is_an_error() {
        let [snippet, _] = SNIPPETS;
        assert!(snippet.put_into("nothing", "stub()").is_err());
    }
}
