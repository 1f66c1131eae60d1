import { drawing } from "../art/objects";
import { addToCart } from "../cart";
import { findProduct, neighbours, type Product } from "../catalog";
import { type Html, html } from "../html";
import { formatPrice } from "../money";
import type { Page } from "../page";
import { trackAddToCart } from "../tracking";
import { notFoundPage } from "./not-found";
import { productCard } from "./product-card";

const VIEWS = [
  { key: "day", label: "By day" },
  { key: "evening", label: "In the evening" },
  { key: "detail", label: "Close up" },
] as const;

type View = (typeof VIEWS)[number]["key"];

export function productPage(slug: string): Page {
  const product = findProduct(slug);
  if (!product) return notFoundPage();
  return {
    title: `${product.name}, ${product.kind.toLowerCase()}`,
    body: html`
      <nav class="crumbs" aria-label="Breadcrumb">
        <a href="/demo/#collection">The collection</a> <span aria-hidden="true">/</span>
        <span aria-current="page">${product.name}</span>
      </nav>
      <article class="product">
        ${gallery(product)}
        ${buyBox(product)}
      </article>
      <section class="section" aria-labelledby="more-title">
        <div class="section-head"><h2 id="more-title">Stands well beside it</h2></div>
        <ul class="grid">${neighbours(product, 3).map(productCard)}</ul>
      </section>`,

    mount(root) {
      mountGallery(root, product);
      mountBuyBox(root, product);
    },
  };
}

function gallery(product: Product): Html {
  return html`<div class="gallery">
    <div class="gallery-stage">${tile(product, "day")}</div>
    <div class="gallery-views" role="group" aria-label="Views of ${product.name}">
      ${VIEWS.map(
        ({ key, label }) => html`<button type="button" class="gallery-view" data-view="${key}"
          aria-label="${label}" aria-pressed="${String(key === "day")}">${tile(product, key)}</button>`,
      )}
    </div>
  </div>`;
}

function tile(product: Product, view: View): Html {
  const mood = view === "evening" ? " tile--evening" : "";
  return html`<span class="tile tile--${product.slug}${mood}">
    ${drawing(product, view === "detail" ? "detail" : "whole")}
  </span>`;
}

function buyBox(product: Product): Html {
  const [other] = neighbours(product, 1);
  return html`<div class="buy-box">
    <p class="eyebrow">${product.kind}</p>
    <h1>${product.name}</h1>
    <p class="buy-box-summary">${product.summary}</p>
    <p class="price" id="price">${formatPrice(product.priceCents)}</p>
    <button type="button" id="add-to-cart" class="button button--wide">Add to cart</button>
    <p id="cart-status" class="form-status" role="status"></p>
    ${
      other
        ? html`<p class="buy-box-aside">Undecided? Many look at
      <a href="/demo/product/${other.slug}">${other.name}</a> first.</p>`
        : ""
    }
    <p class="buy-box-story">${product.story}</p>
    <dl class="facts">${product.facts.map(
      ([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`,
    )}</dl>
  </div>`;
}

function mountGallery(root: HTMLElement, product: Product): void {
  const stage = root.querySelector(".gallery-stage");
  const buttons = root.querySelectorAll<HTMLButtonElement>(".gallery-view");
  for (const button of buttons) {
    button.addEventListener("click", () => {
      if (stage) stage.innerHTML = tile(product, button.dataset.view as View).markup;
      for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
    });
  }
}

/** The answer appears below the button, whose own text stays as it is: an experiment may have
 *  changed it, and a shop that writes over it would undo the variant. */
function mountBuyBox(root: HTMLElement, product: Product): void {
  const status = root.querySelector("#cart-status");
  root.querySelector("#add-to-cart")?.addEventListener("click", () => {
    addToCart(product);
    trackAddToCart(product);
    if (status) {
      status.innerHTML =
        html`${product.name} is in your cart. <a href="/demo/cart">View cart</a>`.markup;
    }
  });
}
