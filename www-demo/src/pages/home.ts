import { heroScene } from "../art/hero-scene";
import { FEATURED, PRODUCTS } from "../catalog";
import { html } from "../html";
import type { Page } from "../page";
import { productCard } from "./product-card";

export function homePage(): Page {
  return {
    title: "Northlight",
    body: html`
      <section class="hero">
        <div class="hero-text">
          <p class="eyebrow">Lamps and quiet objects</p>
          <h1>Good light asks for nothing.</h1>
          <p class="hero-lead">Six things for the hours after work, made slowly by people we know
            by name.</p>
          <a id="hero-cta" class="button" href="/demo/product/${FEATURED.slug}">See the Halden lamp</a>
          <p class="hero-note">Free delivery, and sixty evenings to change your mind.</p>
        </div>
        ${heroScene()}
      </section>

      <section id="collection" class="section" aria-labelledby="collection-title">
        <div class="section-head">
          <h2 id="collection-title">The collection</h2>
          <p>All six of them.</p>
        </div>
        <ul class="grid">${PRODUCTS.map(productCard)}</ul>
      </section>

      <section class="newsletter" aria-labelledby="newsletter-title">
        <div>
          <h2 id="newsletter-title">A letter when the clocks change</h2>
          <p>Two a year. New pieces, old houses, no discounts.</p>
        </div>
        <form id="newsletter">
          <label for="newsletter-email">Email address</label>
          <div class="newsletter-row">
            <input id="newsletter-email" name="email" type="email" required autocomplete="email"
              placeholder="you@example.com">
            <button class="button" type="submit">Subscribe</button>
          </div>
          <p id="newsletter-thanks" class="form-status" role="status"></p>
        </form>
      </section>`,

    mount(root) {
      const form = root.querySelector<HTMLFormElement>("form#newsletter");
      form?.addEventListener("submit", (event) => {
        event.preventDefault();
        form.reset();
        const thanks = form.querySelector("#newsletter-thanks");
        if (thanks) thanks.textContent = "Thank you. We will write when the clocks change.";
      });
    },
  };
}
