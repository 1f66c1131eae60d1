// Placed orders, remembered by this browser so that the thank-you page survives a reload.
//
// The name, email and address of the form are not kept: there is nobody here who would ship.

import { type CartLine, cartLines, cartTotal, emptyCart } from "./cart";
import type { Cents } from "./money";
import { readJson, writeJson } from "./storage";

const KEY = "northlight:orders";

/** The thank-you page needs the last one; a few more make old links work. */
const KEPT = 10;

export interface Order {
  id: string;
  totalCents: Cents;
  items: { name: string; quantity: number; totalCents: Cents }[];
}

/** Turns the cart into an order, or answers null when there is nothing in it. Emptying the cart in
 *  the same step is what makes a double submit harmless: the second one finds nothing to buy. */
export function placeOrder(): Order | null {
  const lines = cartLines();
  if (lines.length === 0) return null;
  const order = { id: newOrderId(), totalCents: cartTotal(lines), items: lines.map(toItem) };
  writeJson(KEY, [order, ...storedOrders()].slice(0, KEPT));
  emptyCart();
  return order;
}

export function findOrder(id: string): Order | undefined {
  return storedOrders().find((order) => order.id === id);
}

function storedOrders(): Order[] {
  const stored = readJson(KEY);
  return Array.isArray(stored) ? stored.filter(isOrder) : [];
}

function isOrder(value: unknown): value is Order {
  const order = value as Partial<Order> | null;
  return (
    typeof order?.id === "string" &&
    typeof order.totalCents === "number" &&
    Array.isArray(order.items)
  );
}

function toItem({ product, quantity }: CartLine): Order["items"][number] {
  return { name: product.name, quantity, totalCents: product.priceCents * quantity };
}

/** No 0/O or 1/I: order ids are read aloud on the phone. 32 letters divide a byte evenly. */
const ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

function newOrderId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return `ORD-${Array.from(bytes, (byte) => ALPHABET[byte % ALPHABET.length]).join("")}`;
}
