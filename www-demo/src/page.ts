import type { Html } from "./html";

/** One screen of the shop: what it is called, what it shows, and what it listens to. */
export interface Page {
  title: string;
  body: Html;
  /** Runs once the body stands in the document; listeners go on `root`'s children, so that they
   *  leave together with the page. */
  mount?(root: HTMLElement): void;
}
