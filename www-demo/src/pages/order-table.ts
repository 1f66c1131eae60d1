import { type Html, html } from "../html";
import { type Cents, formatPrice } from "../money";
import type { Order } from "../orders";

/** What was bought and what it comes to, before the purchase and after it. */
export function orderTable(items: Order["items"], totalCents: Cents): Html {
  return html`<dl>
    ${items.map(
      ({ name, quantity, totalCents: price }) =>
        html`<div><dt>${quantity} × ${name}</dt><dd>${formatPrice(price)}</dd></div>`,
    )}
    <div><dt>Delivery</dt><dd>Free</dd></div>
    <div class="summary-total"><dt>Total</dt><dd id="order-total">${formatPrice(totalCents)}</dd></div>
  </dl>`;
}
