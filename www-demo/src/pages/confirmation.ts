import { html } from "../html";
import { findOrder } from "../orders";
import type { Page } from "../page";
import { orderTable } from "./order-table";

/** Only shows the order. The purchase was tracked when it was placed, so that reloading this page,
 *  or opening it from the history, does not report it again. */
export function confirmationPage(_: string, query: URLSearchParams): Page {
  const order = findOrder(query.get("order") ?? "");
  if (!order) return unknownOrder();
  return {
    title: "Thank you",
    body: html`<div class="confirmation">
      <svg class="confirmation-mark" viewBox="0 0 48 48" aria-hidden="true">
        <circle cx="24" cy="24" r="22"/><path d="M15 25l6 6 12-14"/>
      </svg>
      <h1>Thank you.</h1>
      <p>Your order is <strong id="order-id">${order.id}</strong>. If this were a real shop, somebody
        would be looking for a box now.</p>
      <div class="summary">${orderTable(order.items, order.totalCents)}</div>
      <a class="button" href="/demo/">Back to the shop</a>
    </div>`,
  };
}

function unknownOrder(): Page {
  return {
    title: "Order not found",
    body: html`<h1 class="page-title">We cannot find this order.</h1>
      <div class="empty">
        <p>Orders are remembered by the browser they were placed in. Perhaps it was another one.</p>
        <a class="button" href="/demo/">Back to the shop</a>
      </div>`,
  };
}
