import { drawing } from "../art/objects";
import { type CartLine, cartCount, cartLines, cartTotal, MAX_QUANTITY, setQuantity } from "../cart";
import { type Html, html } from "../html";
import { formatPrice } from "../money";
import type { Page } from "../page";

export function cartPage(): Page {
  return {
    title: "Your cart",
    body: html`<h1 class="page-title">Your cart</h1><div id="cart">${contents()}</div>`,
    mount(root) {
      const cart = root.querySelector<HTMLElement>("#cart");
      if (cart) mountCart(cart);
    },
  };
}

function contents(): Html {
  const lines = cartLines();
  if (lines.length === 0) {
    return html`<div class="empty">
      <p>Nothing in it yet.</p>
      <a class="button" href="/demo/#collection">See the collection</a>
    </div>`;
  }
  return html`<div class="columns">
    <ul class="cart-lines">${lines.map(cartLine)}</ul>
    ${summary(lines)}
  </div>`;
}

function cartLine({ product, quantity }: CartLine): Html {
  const { slug } = product;
  return html`<li class="cart-line" data-sku="${product.sku}">
    <a class="tile tile--${slug}" href="/demo/product/${slug}" tabindex="-1" aria-hidden="true">
      ${drawing(product)}
    </a>
    <div class="cart-line-text">
      <a class="cart-line-name" href="/demo/product/${slug}">${product.name}</a>
      <p class="muted">${product.kind}, ${formatPrice(product.priceCents)}</p>
      <div class="cart-line-controls">
        <label class="visually-hidden" for="quantity-${slug}">Quantity of ${product.name}</label>
        <select id="quantity-${slug}" data-quantity="${slug}">${quantityOptions(quantity)}</select>
        <button type="button" class="link-button" data-remove="${slug}"
          aria-label="Remove ${product.name}">Remove</button>
      </div>
    </div>
    <p class="cart-line-total">${formatPrice(product.priceCents * quantity)}</p>
  </li>`;
}

function quantityOptions(chosen: number): Html[] {
  return Array.from({ length: MAX_QUANTITY }, (_, index) => index + 1).map((quantity) =>
    quantity === chosen
      ? html`<option value="${quantity}" selected>${quantity}</option>`
      : html`<option value="${quantity}">${quantity}</option>`,
  );
}

function summary(lines: CartLine[]): Html {
  const count = cartCount(lines);
  const total = formatPrice(cartTotal(lines));
  return html`<aside class="summary" aria-label="Summary">
    <dl>
      <div><dt>${count === 1 ? "1 item" : `${count} items`}</dt><dd>${total}</dd></div>
      <div><dt>Delivery</dt><dd>Free</dd></div>
      <div class="summary-total"><dt>Total</dt><dd id="cart-total">${total}</dd></div>
    </dl>
    <a id="checkout-button" class="button button--wide" href="/demo/checkout">
      <svg class="button-icon" viewBox="0 0 20 20" aria-hidden="true">
        <path d="M5.5 9V6.5a4.5 4.5 0 0 1 9 0V9M4 9h12v8H4z"/>
      </svg>
      <span class="button-label">Go to checkout</span>
    </a>
  </aside>`;
}

/** Listens on the container, whose contents are drawn anew after every change. */
function mountCart(cart: HTMLElement): void {
  cart.addEventListener("change", ({ target }) => {
    if (!(target instanceof HTMLSelectElement) || !target.dataset.quantity) return;
    setQuantity(target.dataset.quantity, Number(target.value));
    cart.innerHTML = contents().markup;
    // Redrawing took the focused control away; its successor has the same id.
    document.getElementById(target.id)?.focus();
  });
  cart.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest<HTMLElement>("[data-remove]") : null;
    if (!button?.dataset.remove) return;
    setQuantity(button.dataset.remove, 0);
    cart.innerHTML = contents().markup;
    cart.querySelector<HTMLElement>(".cart-line-name, .button")?.focus();
  });
}
