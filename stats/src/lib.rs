//! The pure statistics of Ttoolab: what the numbers of an experiment say, and whether that is
//! enough to call a winner.
//!
//! Totals go in, numbers come out. Nothing here reads a clock, draws a random number or touches a
//! disk, and nothing here knows of the other crates: how long an experiment has run and whether an
//! operator has looked at a warning are arguments. Statuses, epochs and the latch that makes a
//! winner final belong to the caller.
//!
//! The modules in the order the totals of a variant meet them:
//!
//! 1. [`moments`]: totals of a variant, exact in integers, and the mean and variance they come to;
//! 2. [`fixed`]: the classical test of two arms, for display: it is wrong when looked at daily;
//! 3. [`bayes`]: chance to win, expected loss and credible interval, for display likewise;
//! 4. [`always_valid`]: the test that may be looked at after every event, which decides;
//! 5. [`correction`]: what several treatments do to a p-value;
//! 6. [`srm`]: whether the visitors were divided as they should have been;
//! 7. [`decide`]: the policy: a winner, none, or every reason why there may not be one yet;
//! 8. [`plan`]: how many visitors an effect needs.
//!
//! Two rules hold everywhere. **No number is NaN or infinite**, and nothing loops without a bound:
//! what is not defined is an [`Undefined`] with its reason. **Units are the caller's**: a rate is a
//! number from 0 to 1, an amount is in minor units of one currency, a relative effect of 0.1 is
//! +10 %, and a difference is always treatment minus control.

pub mod always_valid;
pub mod bayes;
pub mod correction;
pub mod decide;
pub mod fixed;
mod level;
pub mod moments;
pub mod plan;
pub mod special;
pub mod srm;
mod undefined;

pub use level::{BadLevel, Level};
pub use undefined::Undefined;
