// The drawings of the products: one per slug, each in a square of 400 × 400.

import type { Product } from "../catalog";
import { Html, html } from "../html";

interface Drawing {
  shapes: Html;
  /** The square that the gallery's close-up shows. */
  detail: string;
}

const floor = (width: number, y = 340) =>
  html`<ellipse class="art-floor" cx="200" cy="${y}" rx="${width}" ry="${Math.round(width / 10)}"/>`;

const flame = (x: number, y: number) => html`
  <circle class="art-light" cx="${x}" cy="${y}" r="62" fill="url(#art-glow)"/>
  <path d="M${x} ${y - 20} c9 12 9 26 0 30 c-9 -4 -9 -18 0 -30z" fill="#ffd27a"/>
  <path d="M${x} ${y - 6} c4 6 4 13 0 15 c-4 -2 -4 -9 0 -15z" fill="#fff6dd"/>`;

const candleHolder = (x: number, cup: number) => html`
  <rect x="${x - 11}" y="${cup - 112}" width="22" height="114" rx="3" fill="url(#art-wax)"/>
  <path d="M${x} ${cup - 112} v-8" stroke="#4b4037" stroke-width="2"/>
  <path d="M${x - 20} ${cup} h40 l-6 20 h-28z" fill="url(#art-brass)"/>
  <rect x="${x - 6}" y="${cup + 20}" width="12" height="${312 - cup}" fill="url(#art-brass)"/>
  <path d="M${x - 46} 340 c0 -14 30 -16 46 -16 s46 2 46 16z" fill="url(#art-brass)"/>`;

const speckles = [
  [158, 236],
  [176, 282],
  [205, 250],
  [226, 300],
  [240, 246],
  [192, 322],
  [214, 216],
  [170, 306],
  [250, 278],
  [232, 326],
  [186, 208],
  [152, 270],
].map(
  ([x, y]) => html`<circle cx="${x ?? 0}" cy="${y ?? 0}" r="1.8" fill="#5d5348" opacity="0.55"/>`,
);

const leaf = (x: number, y: number, turn: number) => html`
  <path d="M0 0 C10 -16 34 -18 48 -6 C36 10 12 12 0 0z" fill="#6f7f5f"
    transform="translate(${x} ${y}) rotate(${turn})"/>`;

const DRAWINGS: Record<string, Drawing> = {
  "halden-table-lamp": {
    detail: "95 110 210 210",
    shapes: html`${floor(110)}
      <circle class="art-light" cx="200" cy="205" r="185" fill="url(#art-glow)"/>
      <rect x="190" y="196" width="20" height="126" fill="url(#art-brass)"/>
      <path d="M132 340 v-6 c0 -12 34 -18 68 -18 s68 6 68 18 v6z" fill="url(#art-brass)"/>
      <path d="M84 196 C84 118 132 72 200 72 S316 118 316 196z" fill="url(#art-dome)"/>
      <path d="M112 160 C122 118 152 94 186 88" fill="none" stroke="#fbe3ad" stroke-width="5"
        stroke-linecap="round" opacity="0.6"/>
      <ellipse cx="200" cy="196" rx="116" ry="13" fill="#ffefc4"/>
      <ellipse cx="200" cy="196" rx="62" ry="7" fill="#fffbee"/>
      <circle cx="200" cy="66" r="8" fill="url(#art-brass)"/>`,
  },
  "fjell-floor-lamp": {
    detail: "95 30 210 210",
    shapes: html`${floor(112, 356)}
      <path d="M200 150 L120 356 M200 150 L280 356 M200 150 L208 352" fill="none"
        stroke="#9a7048" stroke-width="9" stroke-linecap="round"/>
      <path d="M200 150 L120 356 M200 150 L280 356" fill="none" stroke="#c79d70"
        stroke-width="3" stroke-linecap="round"/>
      <path class="art-light" d="M132 142 H268 L336 356 H64z" fill="url(#art-beam)"/>
      <circle class="art-light" cx="200" cy="110" r="130" fill="url(#art-glow)"/>
      <circle cx="200" cy="156" r="10" fill="url(#art-brass)"/>
      <path d="M128 142 L164 44 H236 L272 142z" fill="url(#art-linen)"/>
      <path d="M128 142 L131 134 H269 L272 142z M161 52 L164 44 H236 L239 52z" fill="#b79d6d"/>
      <path d="M170 134 L186 52 M200 134 V52 M230 134 L214 52" stroke="#cdb78c" stroke-width="1"/>`,
  },
  "mist-pendant": {
    detail: "100 96 200 200",
    shapes: html`
      <path d="M200 0 V96" class="art-line" stroke-width="3"/>
      <circle class="art-light" cx="200" cy="212" r="188" fill="url(#art-glow)"/>
      <circle cx="200" cy="212" r="116" fill="url(#art-paper)"/>
      <g fill="none" stroke="#c9a866" stroke-width="1.4" opacity="0.75">
        <path d="M145 110 Q200 124 255 110 M116 132 Q200 154 284 132 M98 158 Q200 184 302 158"/>
        <path d="M88 184 Q200 213 312 184 M84 212 Q200 242 316 212 M88 240 Q200 270 312 240"/>
        <path d="M98 266 Q200 295 302 266 M116 292 Q200 316 284 292 M145 314 Q200 330 255 314"/>
      </g>
      <rect x="180" y="90" width="40" height="12" rx="4" fill="url(#art-brass)"/>`,
  },
  "kveld-candle-holders": {
    detail: "70 40 200 200",
    shapes: html`${floor(120)}
      ${candleHolder(146, 214)}${candleHolder(256, 268)}
      ${flame(146, 82)}${flame(256, 136)}`,
  },
  "sten-vase": {
    detail: "110 150 200 200",
    shapes: html`${floor(86, 348)}
      <path d="M202 170 C206 120 196 86 236 34" fill="none" stroke="#5d4a37" stroke-width="4"
        stroke-linecap="round"/>
      ${leaf(203, 140, -22)}${leaf(203, 122, -150)}${leaf(208, 92, 6)}${leaf(214, 72, -140)}
      ${leaf(228, 46, -40)}
      <path d="M176 164 H228 C226 190 272 214 270 272 C268 318 244 348 202 348
        S134 318 134 272 C134 214 178 190 176 164z" fill="url(#art-clay)"/>
      <ellipse cx="202" cy="164" rx="26" ry="6" fill="#5b5148"/>
      <path d="M146 236 Q200 250 258 236 M137 262 Q202 280 269 262" fill="none"
        stroke="#8d8174" stroke-width="1.2" opacity="0.6"/>
      ${speckles}`,
  },
  "ro-wall-clock": {
    detail: "120 80 200 200",
    shapes: html`
      <circle class="art-floor" cx="208" cy="212" r="136"/>
      <circle cx="200" cy="200" r="136" fill="url(#art-wood)"/>
      <circle cx="200" cy="200" r="122" fill="#e9dcc6"/>
      <path d="M200 88 v18 M312 200 h-18 M200 312 v-18 M88 200 h18" stroke="#6d5238"
        stroke-width="5" stroke-linecap="round"/>
      <path d="M200 200 L146 148" stroke="#33291f" stroke-width="9" stroke-linecap="round"/>
      <path d="M200 200 L252 122" stroke="#33291f" stroke-width="6" stroke-linecap="round"/>
      <circle cx="200" cy="200" r="9" fill="#b98535"/>`,
  },
};

export function drawing(product: Product, view: "whole" | "detail" = "whole"): Html {
  const { shapes, detail } = DRAWINGS[product.slug] ?? { shapes: new Html(""), detail: "" };
  const viewBox = view === "detail" ? detail : "0 0 400 400";
  return html`<svg class="art" viewBox="${viewBox}" aria-hidden="true">${shapes}</svg>`;
}
