// Client-side routing over real links.
//
// Every link in the shop is an ordinary <a href>, so copying, opening in a new tab and reloading
// work as everywhere; the router only takes over the plain left click and saves the page load.

import type { Page } from "./page";

const BASE = "/demo";
const SHOP_NAME = "Northlight";

type Resolve = (url: URL) => Page;

let outlet: HTMLElement;
let resolve: Resolve;
/** Path and query on screen, to tell a route change from a jump to an anchor. */
let shown = "";

export function startRouter(main: HTMLElement, routes: Resolve): void {
  outlet = main;
  resolve = routes;
  document.addEventListener("click", followLink);
  window.addEventListener("popstate", () => {
    // Anchor jumps raise popstate too; the page they jump within must stay as it is.
    // Scroll is left alone: the browser restores it after a step back or forward.
    if (location.pathname + location.search !== shown) {
      show(new URL(location.href));
      announce();
    }
  });
  show(new URL(location.href));
  // A deep link to an anchor: its target did not exist yet when the browser looked for it.
  if (location.hash) scrollToTarget(location.hash);
}

export function navigate(href: string): void {
  const url = new URL(href, location.href);
  // Clicking the link of the current page must not fill the history with copies of it.
  if (url.href !== location.href) history.pushState(null, "", url);
  show(url);
  announce();
  scrollToTarget(url.hash);
}

function show(url: URL): void {
  const page = resolve(url);
  document.title = page.title === SHOP_NAME ? SHOP_NAME : `${page.title} — ${SHOP_NAME}`;
  outlet.innerHTML = page.body.markup;
  page.mount?.(outlet);
  shown = url.pathname + url.search;
}

/** A screen reader is told nothing about replaced content: moving focus to the title says it. */
function announce(): void {
  const heading = outlet.querySelector<HTMLElement>("h1");
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

function scrollToTarget(hash: string): void {
  const target = hash ? document.getElementById(decodeURIComponent(hash.slice(1))) : null;
  if (target) target.scrollIntoView();
  else window.scrollTo(0, 0);
}

function followLink(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return;
  // New tab, new window, download: the browser's own business.
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link?.href || link.hasAttribute("download")) return;
  if (link.target && link.target !== "_self") return;

  const url = new URL(link.href);
  if (!isRoute(url)) return;
  const samePage = url.pathname + url.search === shown;
  if (samePage && url.hash) return;

  event.preventDefault();
  navigate(url.href);
}

/** Within the shop, and not a file: the server answers every extensionless path with the page. */
function isRoute(url: URL): boolean {
  if (url.origin !== location.origin) return false;
  if (url.pathname !== BASE && !url.pathname.startsWith(`${BASE}/`)) return false;
  return !/\.[^/]*$/.test(url.pathname);
}
