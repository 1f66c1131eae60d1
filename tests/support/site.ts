import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Page } from "@playwright/test";
import type { Collector, Project } from "./collector.js";

const SDK = resolve(import.meta.dirname, "../../js/dist");

/** Built text to paste into a page. */
export async function builtText(name: string): Promise<string> {
  return readFile(join(SDK, name), "utf8");
}

/** A page of a customer, answered by the browser itself, on the collector's origin. */
export interface SitePage {
  body: string;
  /** What stands in the head before anything of ours. */
  head?: string;
  /** What stands between the stub and the script. */
  afterStub?: string;
  /** A Content-Security-Policy; inline scripts of ours have the nonce `test`. */
  policy?: string;
}

/** Lets the browser answer a path with a page that has the snippet of the README; gives back
 * where it is. */
export async function sitePage(page: Page, collector: Collector, path: string, site: SitePage) {
  const url = `${collector.origin}${path}`;
  const stub = await builtText("stub.js");
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A shop</title>
${site.head ?? ""}
<script nonce="test">${stub}</script>
${site.afterStub ?? ""}
<script nonce="test" async src="/sdk/ttoolab.js" data-project-key="demo"></script>
</head><body>${site.body}</body></html>`;
  const headers: Record<string, string> = {};
  if (site.policy) headers["content-security-policy"] = site.policy;
  await page.route(
    (asked) => asked.origin + asked.pathname === url,
    (route) => route.fulfill({ contentType: "text/html", headers, body: html }),
  );
  return url;
}

/** A change as an import file spells it; their order is their place in the list. */
export type Change = [selector: string, operation: string, value?: string, name?: string];

/** A project with one experiment `hero`, half of whose visitors see these changes. */
export function projectWith(changes: Change[], more: object = {}): Project {
  const spelled = changes.map(([selector, operation, value, name], orderIndex) => ({
    selector,
    operation,
    orderIndex,
    ...(value === undefined ? {} : { value }),
    ...(name === undefined ? {} : { name }),
  }));
  const hero = {
    experimentKey: "hero",
    status: "running",
    urlRules: [{ match: "contains", pattern: "/" }],
    variants: [
      { variantKey: "control", weight: 50, isControl: true },
      // Written in the wrong order: `orderIndex` is what counts.
      { variantKey: "b", weight: 50, changes: spelled.reverse() },
    ],
    goals: [
      { goalKey: "order", type: "custom_event", eventName: "purchase", isPrimary: true },
      { goalKey: "checkout", type: "click", selector: "#checkout-button" },
    ],
    ...more,
  };
  return { projectKey: "demo", origins: [], experiments: [hero] };
}
