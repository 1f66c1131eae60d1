// The map of the shop: every route, in the order in which they are tried.

import type { Page } from "./page";
import { cartPage } from "./pages/cart";
import { checkoutPage } from "./pages/checkout";
import { confirmationPage } from "./pages/confirmation";
import { homePage } from "./pages/home";
import { notFoundPage } from "./pages/not-found";
import { productPage } from "./pages/product";

const ROUTES: { path: RegExp; page: (parameter: string, query: URLSearchParams) => Page }[] = [
  { path: /^\/demo$/, page: homePage },
  { path: /^\/demo\/product\/([^/]+)$/, page: productPage },
  { path: /^\/demo\/cart$/, page: cartPage },
  { path: /^\/demo\/checkout$/, page: checkoutPage },
  { path: /^\/demo\/order-confirmation$/, page: confirmationPage },
];

export function resolveRoute(url: URL): Page {
  // "/demo/cart/" is the same page as "/demo/cart": people type both.
  const path = url.pathname.replace(/\/+$/, "");
  for (const route of ROUTES) {
    const match = route.path.exec(path);
    if (match) return route.page(match[1] ?? "", url.searchParams);
  }
  return notFoundPage();
}
