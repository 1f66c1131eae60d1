// Everything this shop tells Ttoolab. Clicks, page views and form submissions need no code: those
// goals are set up in the experiment and watched by the SDK itself.

// Types alone: the SDK itself comes by script tag, as on a page without a bundler.
import type {} from "@ttoolab/sdk";
import { type Cents, CURRENCY, toMajorUnits } from "./money";

export function trackAddToCart(product: { sku: string; priceCents: Cents }): void {
  window.ttoolab?.track("add_to_cart", {
    sku: product.sku,
    price: toMajorUnits(product.priceCents),
    currency: CURRENCY,
  });
}

/** Call once per order, when it is certain: a reload of the thank-you page must not repeat it. */
export function trackPurchase(order: { id: string; totalCents: Cents }): void {
  window.ttoolab?.track("purchase", {
    revenue: toMajorUnits(order.totalCents),
    currency: CURRENCY,
    order_id: order.id,
  });
}
