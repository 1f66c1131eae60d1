import { cartLines, cartTotal } from "../cart";
import { type Html, html } from "../html";
import { formatPrice } from "../money";
import { placeOrder } from "../orders";
import type { Page } from "../page";
import { navigate } from "../router";
import { trackPurchase } from "../tracking";
import { orderTable } from "./order-table";

export function checkoutPage(): Page {
  const lines = cartLines();
  if (lines.length === 0) return nothingToBuy();
  const items = lines.map(({ product, quantity }) => ({
    name: product.name,
    quantity,
    totalCents: product.priceCents * quantity,
  }));
  return {
    title: "Checkout",
    body: html`
      <h1 class="page-title">Checkout</h1>
      <div class="columns">
        ${form(formatPrice(cartTotal(lines)))}
        <aside class="summary" aria-label="Your order">${orderTable(items, cartTotal(lines))}</aside>
      </div>`,
    mount(root) {
      root.querySelector("#checkout-form")?.addEventListener("submit", buy);
    },
  };
}

function form(total: string): Html {
  return html`<form id="checkout-form" class="form">
    <p class="notice">This is a demo. Nothing is charged, and what you type here stays here.</p>
    <div class="field">
      <label for="name">Name</label>
      <input id="name" name="name" required autocomplete="name">
    </div>
    <div class="field">
      <label for="email">Email</label>
      <input id="email" name="email" type="email" required autocomplete="email">
    </div>
    <div class="field">
      <label for="address">Address</label>
      <textarea id="address" name="address" rows="3" required autocomplete="street-address"></textarea>
    </div>
    <button id="place-order" type="submit" class="button button--wide">Place order, ${total}</button>
  </form>`;
}

/** Runs only for a form that the browser found valid. */
function buy(event: Event): void {
  event.preventDefault();
  const order = placeOrder();
  // Bought or emptied in another tab in the meantime.
  if (!order) {
    navigate("/demo/cart");
    return;
  }
  trackPurchase(order);
  navigate(`/demo/order-confirmation?order=${encodeURIComponent(order.id)}`);
}

function nothingToBuy(): Page {
  return {
    title: "Checkout",
    body: html`<h1 class="page-title">Checkout</h1>
      <div class="empty">
        <p>Your cart is empty, so there is nothing to pay for.</p>
        <a class="button" href="/demo/#collection">See the collection</a>
      </div>`,
  };
}
