//! Money of a goal and variant, one entry for each currency.

use crate::ingest::fold::cells::Revenue;
use serde::Serialize;
use ttoolab_core::money::{Currency, to_decimal};
use utoipa::ToSchema;

/// The sums of one currency, as decimal text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct MoneyResult {
    #[schema(value_type = String, example = "USD")]
    pub(crate) currency: Currency,
    pub(crate) orders: i64,
    #[schema(example = "249.00")]
    pub(crate) gross: String,
    pub(crate) net: String,
}

/// The sums of one currency with its means, which are unrounded numbers in major units.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MoneyPerHead {
    #[serde(flatten)]
    pub(crate) sums: MoneyResult,
    /// Net per exposed visitor; absent without visitors.
    pub(crate) per_visitor: Option<f64>,
    /// Net per order of which something is left; absent without any.
    pub(crate) per_order: Option<f64>,
}

impl MoneyResult {
    pub(super) fn of(currency: Currency, sums: &Revenue) -> Self {
        Self {
            currency,
            orders: sums.orders,
            gross: to_decimal(sums.gross, currency),
            net: to_decimal(sums.gross - sums.refunds, currency),
        }
    }
}

impl MoneyPerHead {
    pub(super) fn of(currency: Currency, sums: &Revenue, exposures: i64) -> Self {
        let net = sums.gross - sums.refunds;
        Self {
            sums: MoneyResult::of(currency, sums),
            per_visitor: mean(net, exposures, currency),
            per_order: mean(net, sums.orders - sums.refunded_orders, currency),
        }
    }
}

/// `units / count` in major units.
#[expect(clippy::cast_precision_loss, reason = "a mean is shown, never counted with")]
fn mean(units: i128, count: i64, currency: Currency) -> Option<f64> {
    let scale = 10_f64.powi(i32::from(currency.exponent()));
    (count > 0).then(|| units as f64 / scale / count as f64)
}
