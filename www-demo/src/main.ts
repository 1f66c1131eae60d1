// Northlight, the demo shop: a small single-page shop that is tracked the way a customer's would be.
// Routes are listed in routes.ts, the tracking calls in tracking.ts.

import { addGradients } from "./art/gradients";
import { startCartBadge } from "./cart-badge";
import { startRouter } from "./router";
import { resolveRoute } from "./routes";

const main = document.querySelector("main");
if (main) {
  addGradients();
  startCartBadge();
  startRouter(main, resolveRoute);
}
