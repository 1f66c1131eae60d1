//! The collector as its users meet it: a running program, asked over real sockets.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

#[path = "collector/answers.rs"]
mod answers;
#[path = "collector/assigning.rs"]
mod assigning;
#[path = "collector/backup.rs"]
mod backup;
#[path = "collector/commands.rs"]
mod commands;
#[path = "collector/counting.rs"]
mod counting;
#[path = "collector/durability.rs"]
mod durability;
#[cfg(target_os = "linux")]
#[path = "collector/faults/mod.rs"]
mod faults;
#[path = "collector/forging.rs"]
mod forging;
#[path = "collector/hardening.rs"]
mod hardening;
#[path = "collector/outcomes.rs"]
mod outcomes;
#[path = "collector/privacy.rs"]
mod privacy;
#[path = "collector/raw.rs"]
mod raw;
#[path = "collector/regex.rs"]
mod regex;
#[path = "collector/running.rs"]
mod running;
#[path = "collector/seal.rs"]
mod seal;
#[path = "collector/settings.rs"]
mod settings;
#[path = "collector/starting.rs"]
mod starting;
#[path = "collector/stopping.rs"]
mod stopping;
#[path = "collector/vectors.rs"]
mod vectors;
#[path = "collector/visitor.rs"]
mod visitor;
#[path = "collector/webhooks.rs"]
mod webhooks;
