//! Refunds of a project, by the order they take back from.

use super::orders::OrderHash;
use crate::store::verdict::Lane;
use std::collections::HashMap;
use ttoolab_core::id::{AnonymousId, EventId};
use ttoolab_core::money::Currency;

/// One `$refund` event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refund {
    pub(super) at_ms: i64,
    pub(super) event_id: EventId,
    pub(super) by: RefundedBy,
    /// The part taken back; `None` takes all that is left.
    pub(super) minor_units: Option<i64>,
    /// `None` is the order's.
    pub(super) currency: Option<Currency>,
}

/// Who may take back from which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RefundedBy {
    /// The merchant's server: from any order.
    Server,
    /// A page: from an order of the same visitor, and if unverified only from an unverified one,
    /// so that nobody who guesses order ids can empty another arm.
    Visitor(AnonymousId, Lane),
}

impl Refund {
    fn may_touch(&self, owner: &AnonymousId, lane: Lane) -> bool {
        match self.by {
            RefundedBy::Server => true,
            RefundedBy::Visitor(visitor, Lane::Verified) => visitor == *owner,
            RefundedBy::Visitor(visitor, Lane::Unverified) => {
                visitor == *owner && lane == Lane::Unverified
            }
        }
    }
}

/// An order as refunds see it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Refundable {
    pub(super) owner: AnonymousId,
    pub(super) lane: Lane,
    pub(super) minor_units: i64,
    pub(super) currency: Currency,
}

/// Every refund, by order, in the order they apply.
#[derive(Debug, Default)]
pub(super) struct Refunds {
    by_order: HashMap<OrderHash, Vec<Refund>>,
}

impl Refunds {
    pub(super) fn add(&mut self, order: OrderHash, refund: Refund) {
        let refunds = self.by_order.entry(order).or_default();
        let key = |refund: &Refund| (refund.at_ms, refund.event_id);
        if let Err(place) = refunds.binary_search_by_key(&key(&refund), key) {
            refunds.insert(place, refund);
        }
    }

    /// What each refund takes from the order, with its time; never more than is left.
    pub(super) fn of(&self, hash: &OrderHash, order: Refundable) -> Vec<(i64, i64)> {
        let mut left = order.minor_units;
        let refunds = self.by_order.get(hash).map(Vec::as_slice).unwrap_or_default();
        let mut taken = Vec::new();
        for refund in refunds {
            let same_currency = refund.currency.is_none_or(|currency| currency == order.currency);
            if same_currency && refund.may_touch(&order.owner, order.lane) && left > 0 {
                let part = refund.minor_units.unwrap_or(left).min(left);
                left -= part;
                taken.push((refund.at_ms, part));
            }
        }
        taken
    }
}
