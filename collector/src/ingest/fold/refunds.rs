//! Refunds of a project, by the order they take back from.

use super::map::Map;
use super::orders::OrderHash;
use crate::store::Amount;
use crate::store::verdict::Lane;
use ttoolab_core::id::{AnonymousId, EventId};
use ttoolab_core::money::{Currency, from_decimal};

/// One `$refund` event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refund {
    pub(super) at_ms: i64,
    pub(super) event_id: EventId,
    pub(super) by: RefundedBy,
    pub(super) received_ms: i64,
    /// The part taken back; `None` takes all that is left.
    pub(super) amount: Option<Amount>,
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
    fn may_touch(&self, order: &Refundable) -> bool {
        let in_time = order.frozen_ms.is_none_or(|frozen_ms| self.received_ms < frozen_ms);
        let currency = self.amount.as_ref().and_then(Amount::currency);
        let same_currency = currency.is_none_or(|currency| currency == order.currency);
        let allowed = match self.by {
            RefundedBy::Server => true,
            RefundedBy::Visitor(visitor, Lane::Verified) => visitor == order.owner,
            RefundedBy::Visitor(visitor, Lane::Unverified) => {
                visitor == order.owner && order.lane == Lane::Unverified
            }
        };
        in_time && same_currency && allowed
    }

    /// How much is to be taken back, in the order's minor units; `None` is all that is left,
    /// which is also what an amount beyond every bound comes to.
    fn wanted(&self, currency: Currency) -> Option<i64> {
        match self.amount.as_ref()? {
            Amount::Money { minor_units, .. } => Some(*minor_units),
            Amount::InOrdersCurrency(text) => from_decimal(text, currency).ok(),
            Amount::AllThatIsLeft { .. } => None,
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
    /// From then on the order's experiment is frozen, and no refund touches it.
    pub(super) frozen_ms: Option<i64>,
}

/// Every refund, by order, in the order they apply.
#[derive(Debug, Default)]
pub(super) struct Refunds {
    by_order: Map<OrderHash, Vec<Refund>>,
}

impl Refunds {
    pub(super) fn add(&mut self, order: OrderHash, refund: Refund) {
        let refunds = self.by_order.entry(order).or_default();
        let key = |refund: &Refund| (refund.at_ms, refund.event_id);
        if let Err(place) = refunds.binary_search_by_key(&key(&refund), key) {
            refunds.insert(place, refund);
        }
    }

    pub(super) fn remove(&mut self, order: &OrderHash, event_id: EventId) {
        let Some(refunds) = self.by_order.get_mut(order) else { return };
        refunds.retain(|refund| refund.event_id != event_id);
        if refunds.is_empty() {
            self.by_order.remove(order);
        }
    }

    /// What each refund takes from the order, with its time; never more than is left.
    pub(super) fn of(&self, hash: &OrderHash, order: Refundable) -> Vec<(i64, i64)> {
        let mut left = order.minor_units;
        let refunds = self.by_order.get(hash).map(Vec::as_slice).unwrap_or_default();
        let mut taken = Vec::new();
        for refund in refunds {
            if refund.may_touch(&order) && left > 0 {
                let part = refund.wanted(order.currency).unwrap_or(left).min(left);
                left -= part;
                taken.push((refund.at_ms, part));
            }
        }
        taken
    }
}
