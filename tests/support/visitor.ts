import { randomUUID } from "node:crypto";
import type { Browser, Page } from "@playwright/test";
import type {} from "@ttoolab/sdk";
import type { Collector } from "./collector.js";

/** The variants a visitor was given, by experiment. */
export type Arms = Record<string, string>;

interface Blob {
  experiments: { experimentKey: string; variant: { key: string } }[];
}

/** Finds an id that the collector puts into the wanted variant of `hero`. */
export async function idIn(
  collector: Collector,
  hero: string,
): Promise<{ id: string; arms: Arms }> {
  for (;;) {
    const id = randomUUID();
    const query = new URLSearchParams({ projectKey: "demo", anonymousId: id });
    const answer = await fetch(`${collector.origin}/sdk/bootstrap?${query}`);
    const { experiments } = (await answer.json()) as Blob;
    const arms = Object.fromEntries(experiments.map((e) => [e.experimentKey, e.variant.key]));
    if (arms.hero === hero) return { id, arms };
  }
}

/** A new person with a browser of their own, who is in the wanted variant of `hero`. */
export async function newVisitor(
  browser: Browser,
  collector: Collector,
  hero: "control" | "b",
): Promise<{ page: Page; arms: Arms }> {
  const { id, arms } = await idIn(collector, hero);
  const context = await browser.newContext();
  // Where the SDK keeps the id; only what is already there on the first page of a visitor.
  await context.addInitScript((id) => {
    localStorage.getItem("ttoolab:id") ?? localStorage.setItem("ttoolab:id", id);
  }, id);
  return { page: await context.newPage(), arms };
}

/** Waits until the SDK knows the visitor's variants. */
export async function ready(page: Page): Promise<void> {
  await page.waitForFunction(() => window.ttoolab !== undefined);
  await page.evaluate(() => new Promise((done) => window.ttoolab?.ready(() => done(null))));
}

/** Opens the shop's home page. */
export async function openShop(page: Page, collector: Collector): Promise<void> {
  await page.goto(`${collector.origin}/demo/`);
  await ready(page);
}

/** A new person in the wanted variant of `hero`, on the shop's home page. */
export async function shopVisitor(
  browser: Browser,
  collector: Collector,
  hero: "control" | "b",
): Promise<{ page: Page; arms: Arms }> {
  const visitor = await newVisitor(browser, collector, hero);
  await openShop(visitor.page, collector);
  return visitor;
}

/** Buys the lamp for 249.00 USD, as a person would: by clicking, typing, and nothing else. */
export async function buyLamp(page: Page): Promise<void> {
  await page.click('a.card[href$="/product/halden-table-lamp"]');
  await page.click("#add-to-cart");
  await page.click("#cart-link");
  // A child of the button: what people hit.
  await page.click("#checkout-button .button-label");
  await page.fill("#name", "Ada Example");
  await page.fill("#email", "ada@shop.example");
  await page.fill("#address", "1 Long Lane");
  await page.click("#place-order");
  await page.waitForURL("**/order-confirmation?order=*");
}

/** Signs up for the newsletter: a form whose submission the page handles itself. */
export async function signUp(page: Page): Promise<void> {
  await page.fill("#newsletter-email", "ada@shop.example");
  await page.click("#newsletter button");
}
