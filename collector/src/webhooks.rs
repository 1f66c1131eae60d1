//! Webhooks: what happened to experiments, told to the servers that asked.
//!
//! # The path of a message
//!
//! 1. Whoever changes something calls `outbox::enqueue` *within the transaction of the change*: the
//!    message and a delivery for each endpoint that asked are true together with it, or not at all;
//! 2. `dispatch` picks what is due, in order for each experiment and one at a time for each
//!    endpoint, so that a dead receiver holds up nobody but itself;
//! 3. `sign` puts the published signature and that of Standard Webhooks beside each other;
//! 4. `guard` says which addresses may be reached, at every delivery, and `deliver` connects to the
//!    very address that was checked;
//! 5. `schedule` says what follows from the outcome, and it is recorded. A process that dies
//!    between delivery and record delivers again: at least once, under the same event id.
//!
//! `endpoint`, `kind` and `secret` are what people configure, `manage` how they change it;
//! `message` is what receivers read, `lifecycle` which changes of an experiment are told. Time is
//! an argument everywhere but in `service`, which is the loop around it all.

mod deliver;
mod dispatch;
mod endpoint;
mod guard;
mod kind;
mod lifecycle;
mod manage;
mod message;
mod network;
mod outbox;
#[cfg(test)]
mod receiver;
mod schedule;
mod secret;
mod service;
mod sign;
mod target;

pub(crate) use deliver::Courier;
pub(crate) use endpoint::{Change, Shown};
pub(crate) use guard::{Guard, Reach};
pub(crate) use lifecycle::tell;
pub(crate) use manage::{
    Created, Lines, Log, ManageError, Queued, Rotated, Rotation, change, create, delete, import,
    list, log, read_all, resend, rotate, send_test,
};
pub(crate) use network::System;
pub(crate) use outbox::Source;
pub(crate) use schedule::Schedule;
pub(crate) use service::{Webhooks, run};
