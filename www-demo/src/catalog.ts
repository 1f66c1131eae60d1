// The six things Northlight sells.

import type { Cents } from "./money";

export interface Product {
  slug: string;
  sku: string;
  name: string;
  kind: string;
  priceCents: Cents;
  summary: string;
  story: string;
  facts: [label: string, value: string][];
}

export const PRODUCTS: Product[] = [
  {
    slug: "halden-table-lamp",
    sku: "NL-HALDEN",
    name: "Halden",
    kind: "Table lamp",
    priceCents: 24900,
    summary: "A low dome of warm light for the end of the day.",
    story:
      "Spun from a single sheet of brass, Halden throws its light down and keeps the bulb out of sight. One turn of the stem takes it from reading light to ember.",
    facts: [
      ["Material", "Brass, opal glass"],
      ["Size", "38 × 32 cm"],
      ["Light", "2200–2700 K, dimmable"],
    ],
  },
  {
    slug: "fjell-floor-lamp",
    sku: "NL-FJELL",
    name: "Fjell",
    kind: "Floor lamp",
    priceCents: 42000,
    summary: "Three legs, one cone, a circle of light to sit in.",
    story:
      "Fjell stands where a chair is missing its evening. The linen shade is sewn by hand, and the ash legs fold flat when the room is needed for something else.",
    facts: [
      ["Material", "Ash, linen, steel"],
      ["Size", "152 × 48 cm"],
      ["Light", "2700 K, foot switch"],
    ],
  },
  {
    slug: "mist-pendant",
    sku: "NL-MIST",
    name: "Mist",
    kind: "Pendant lamp",
    priceCents: 18000,
    summary: "Ribbed paper, glare-free from every seat at the table.",
    story:
      "Washi paper over a bamboo spiral, glued once and left to dry for a week. Hung low it gathers a table; hung high it softens a whole stairwell.",
    facts: [
      ["Material", "Washi paper, bamboo"],
      ["Size", "Ø 45 cm, 2 m cord"],
      ["Light", "E27, up to 60 W"],
    ],
  },
  {
    slug: "kveld-candle-holders",
    sku: "NL-KVELD",
    name: "Kveld",
    kind: "Candle holders, pair",
    priceCents: 6400,
    summary: "Two heights of brass that grow darker with the years.",
    story:
      "Turned on a lathe and left without lacquer, so that hands and candle smoke finish the surface. They take ordinary dinner candles, 22 mm.",
    facts: [
      ["Material", "Solid brass"],
      ["Size", "12 cm and 18 cm"],
      ["In the box", "Two holders, two candles"],
    ],
  },
  {
    slug: "sten-vase",
    sku: "NL-STEN",
    name: "Sten",
    kind: "Stoneware vase",
    priceCents: 7800,
    summary: "Enough for one branch, and no more.",
    story:
      "Thrown in a studio of two, glazed only inside. The bare clay outside keeps the marks of the wheel; every piece leans a little in its own direction.",
    facts: [
      ["Material", "Speckled stoneware"],
      ["Size", "26 × 15 cm"],
      ["Care", "Wash by hand"],
    ],
  },
  {
    slug: "ro-wall-clock",
    sku: "NL-RO",
    name: "Ro",
    kind: "Wall clock",
    priceCents: 13500,
    summary: "It tells the hour, and otherwise keeps silent.",
    story:
      "A sweep movement without a tick behind a face of limewashed oak. There are four marks, because the other eight were never missed.",
    facts: [
      ["Material", "Limewashed oak"],
      ["Size", "Ø 30 cm"],
      ["Power", "One AA, two years"],
    ],
  },
];

export const FEATURED = PRODUCTS[0] as Product;

export function findProduct(slug: string): Product | undefined {
  return PRODUCTS.find((product) => product.slug === slug);
}

/** The next few in catalog order, starting after `product` and wrapping around. */
export function neighbours(product: Product, count: number): Product[] {
  const start = PRODUCTS.indexOf(product) + 1;
  return [...PRODUCTS.slice(start), ...PRODUCTS.slice(0, start - 1)].slice(0, count);
}
