//! Who sees which variant: decided here, signed, and kept.

pub(crate) mod audience;
pub(crate) mod blob;
pub(crate) mod bucket;
pub(crate) mod token;
