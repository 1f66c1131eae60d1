//! Navigations: one record per committed navigation, on the URL standing when its task ends.

/// A hint that the page navigated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// A navigation, whatever the URL: load, push, traversal, restored from the bfcache.
    Entry,
    /// A navigation only if the URL is another one afterwards: a replaced entry, or an event
    /// that may be the echo of a navigation already recorded.
    IfChanged,
}

/// Tells which marks are navigations. Those of one task arrive as one, the strongest.
#[derive(Debug, Default)]
pub(crate) struct Navigations {
    last_url: String,
}

impl Navigations {
    /// Takes a mark, with the URL that stood when its task ended; tells whether it is a navigation.
    pub(crate) fn settle(&mut self, mark: Mark, url: &str) -> bool {
        let changed = self.last_url != url;
        if changed {
            url.clone_into(&mut self.last_url);
        }
        changed || mark == Mark::Entry
    }
}

#[cfg(test)]
mod tests {
    use super::{Mark, Navigations};

    /// Marks with the URL their tasks end on; tells whether that made a navigation.
    #[track_caller]
    fn assert_tasks(tasks: &[(Mark, &str, bool)]) {
        let mut navigations = Navigations::default();
        for (at, (mark, url, expected)) in tasks.iter().enumerate() {
            assert_eq!(navigations.settle(*mark, url), *expected, "task {at}");
        }
    }

    #[test]
    fn the_load_is_one_and_a_push_to_the_same_url_too() {
        use Mark::Entry;
        assert_tasks(&[(Entry, "/a", true), (Entry, "/a", true)]);
    }

    #[test]
    fn replacing_counts_only_with_another_url() {
        use Mark::{Entry, IfChanged};
        assert_tasks(&[
            (Entry, "/a", true),
            (IfChanged, "/a", false),
            (IfChanged, "/b", true),
            (IfChanged, "/b", false),
        ]);
    }

    #[test]
    fn popstate_and_its_hashchange_in_a_later_task_are_one() {
        use Mark::{Entry, IfChanged};
        assert_tasks(&[(Entry, "/a", true), (Entry, "/a#top", true), (IfChanged, "/a#top", false)]);
    }
}
