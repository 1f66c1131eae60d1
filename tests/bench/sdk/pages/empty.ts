import type {} from "./page.js";

// What any listener costs.
addEventListener("click", () => {}, true);
window.bench = { ready: Promise.resolve(), track() {} };
