//! `cargo xtask soak`: the tests that CI runs in a short form, run for long.
//!
//! For a night or before a release. Only the number of repetitions differs, so what a soak
//! finds, a short run can be made to repeat.

use anyhow::Result;

use crate::test::{self, Length, Step};

/// Runs the tests that chance, load or time decide in their long form.
pub(crate) fn run() -> Result<()> {
    let steps = [Step::Bundle, Step::Unit, Step::Faults, Step::Api, Step::E2e];
    test::run_steps(&steps, Length::Long)
}
