import { drawing } from "../art/objects";
import type { Product } from "../catalog";
import { type Html, html } from "../html";
import { formatPrice } from "../money";

/** A product as it appears in grids; the whole card is one link. */
export function productCard(product: Product): Html {
  return html`<li>
    <a class="card" href="/demo/product/${product.slug}" data-sku="${product.sku}">
      <span class="tile tile--${product.slug}">${drawing(product)}</span>
      <span class="card-row">
        <span class="card-name">${product.name}</span>
        <span class="card-price">${formatPrice(product.priceCents)}</span>
      </span>
      <span class="card-kind">${product.kind}</span>
    </a>
  </li>`;
}
