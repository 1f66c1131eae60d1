// What the customer intends to buy, kept across reloads and shared between tabs.

import { findProduct, type Product } from "./catalog";
import type { Cents } from "./money";
import { readJson, writeJson } from "./storage";

const KEY = "northlight:cart";

/** Enough for a household; more is usually a slip of the finger. */
export const MAX_QUANTITY = 9;

export interface CartLine {
  product: Product;
  quantity: number;
}

const listeners = new Set<() => void>();

/** Only slugs and quantities are stored: prices come from the catalog, never from storage. */
export function cartLines(): CartLine[] {
  const stored = readJson(KEY);
  if (!Array.isArray(stored)) return [];
  return stored.flatMap((entry) => {
    const product = findProduct(String(entry?.slug));
    const quantity = Math.min(Math.floor(Number(entry?.quantity)), MAX_QUANTITY);
    return product && quantity >= 1 ? [{ product, quantity }] : [];
  });
}

export function cartTotal(lines: CartLine[]): Cents {
  return lines.reduce((sum, line) => sum + line.product.priceCents * line.quantity, 0);
}

export function cartCount(lines: CartLine[]): number {
  return lines.reduce((sum, line) => sum + line.quantity, 0);
}

export function addToCart(product: Product): void {
  const lines = cartLines();
  const line = lines.find((candidate) => candidate.product === product);
  if (line) line.quantity = Math.min(line.quantity + 1, MAX_QUANTITY);
  else lines.push({ product, quantity: 1 });
  save(lines);
}

/** Zero removes the line. */
export function setQuantity(slug: string, quantity: number): void {
  save(cartLines().map((line) => (line.product.slug === slug ? { ...line, quantity } : line)));
}

export function emptyCart(): void {
  save([]);
}

/** Also hears about changes made in another tab. */
export function onCartChange(listener: () => void): void {
  listeners.add(listener);
}

window.addEventListener("storage", (event) => {
  if (event.key === KEY || event.key === null) notify();
});

function save(lines: CartLine[]): void {
  writeJson(
    KEY,
    lines.map(({ product, quantity }) => ({ slug: product.slug, quantity })),
  );
  notify();
}

function notify(): void {
  for (const listener of listeners) listener();
}
