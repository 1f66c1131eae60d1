// The number beside "Cart" in the header, the only part outside <main> that changes.

import { cartCount, cartLines, onCartChange } from "./cart";

export function startCartBadge(): void {
  update();
  onCartChange(update);
}

function update(): void {
  const badge = document.getElementById("cart-count");
  const link = document.getElementById("cart-link");
  if (!badge || !link) return;
  const count = cartCount(cartLines());
  badge.textContent = String(count);
  badge.dataset.count = String(count);
  link.setAttribute("aria-label", count === 1 ? "Cart, 1 item" : `Cart, ${count} items`);
}
