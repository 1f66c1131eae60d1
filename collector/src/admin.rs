//! What people configure: projects, experiments, goals, keys.

pub(crate) mod catalog;
pub(crate) mod changes;
pub(crate) mod erase;
pub(crate) mod experiment;
pub(crate) mod import;
pub(crate) mod keys;
pub(crate) mod origins;
pub(crate) mod project;
pub(crate) mod regex_subset;
