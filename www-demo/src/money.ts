// Money is counted in whole cents: sums of prices such as 64.10 would drift in floating point.

export type Cents = number;

export const CURRENCY = "USD";

const format = new Intl.NumberFormat("en-US", { style: "currency", currency: CURRENCY });

export function formatPrice(cents: Cents): string {
  return format.format(toMajorUnits(cents));
}

/** 24900 → 249: the form analytics expect, a number in dollars and not in cents. */
export function toMajorUnits(cents: Cents): number {
  return cents / 100;
}
