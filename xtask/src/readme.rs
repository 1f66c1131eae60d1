//! The README's snippet, made from the stub as it is built: what people paste must be what we
//! ship.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::bundle;
use crate::place;

const README: &str = "README.md";
const STUB: &str = "stub.js";
const BEGIN: &str = "<!-- snippet: written by `cargo xtask build` -->\n";
const END: &str = "<!-- /snippet -->";

/// Writes the snippet into the README, unless it stands there already.
pub(crate) fn bring_up_to_date() -> Result<()> {
    let (old, new) = texts()?;
    if old != new {
        fs::write(place::in_repo(README), new).context("README.md cannot be written")?;
        println!("README.md: the snippet was brought up to date");
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
    let path = place::in_repo(bundle::SDK).join(STUB);
    let stub =
        fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    let new = with_snippet(&readme, &stub)?;
    Ok((readme, new))
}

fn with_snippet(readme: &str, stub: &str) -> Result<String> {
    let marks = "README.md has no place for the snippet";
    let (before, rest) = readme.split_once(BEGIN).context(marks)?;
    let (_, after) = rest.split_once(END).context(marks)?;
    let stub = stub.trim();
    Ok(format!(
        "{before}{BEGIN}```html\n<script>{stub}</script>\n\
         <script async src=\"https://collector.example/sdk/ttoolab.js\" \
         data-project-key=\"demo\"></script>\n```\n{END}{after}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_between_the_marks_is_replaced() {
        let readme = format!("before\n{BEGIN}old{END}\nafter\n");
        let new = with_snippet(&readme, "stub()\n").unwrap();
        assert!(new.starts_with(&format!("before\n{BEGIN}```html\n<script>stub()</script>\n")));
        assert!(new.ends_with(&format!("```\n{END}\nafter\n")));
        assert_eq!(with_snippet(&new, "stub()").unwrap(), new);
    }

    #[test]
    fn a_readme_without_marks_is_an_error() {
        assert!(with_snippet("nothing", "stub()").is_err());
    }
}
