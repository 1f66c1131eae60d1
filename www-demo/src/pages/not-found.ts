import { html } from "../html";
import type { Page } from "../page";

export function notFoundPage(): Page {
  return {
    title: "Not found",
    body: html`<h1 class="page-title">Nothing stands here.</h1>
      <div class="empty">
        <p>The page may have moved, or never existed.</p>
        <a class="button" href="/demo/">Back to the shop</a>
      </div>`,
  };
}
