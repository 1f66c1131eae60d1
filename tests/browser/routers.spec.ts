import { join } from "node:path";
import { build } from "esbuild";
import type { Actor } from "../support/actor.js";
import { type Gains, test } from "../support/lab.js";

/** The app as one script, as its users' bundlers would make it. */
async function bundled(router: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "routers", `${router}.js`)],
    bundle: true,
    write: false,
    format: "iife",
    minify: true,
    define: { "process.env.NODE_ENV": '"production"', __VUE_OPTIONS_API__: "true" },
    logLevel: "error",
  });
  return outputFiles[0]?.text ?? "";
}

const click = (selector: string) => (page: Actor) => page.click(selector);

/** What people do in either app, and the page views it comes to. */
const WALKS: Record<string, { act(page: Actor): Promise<unknown>; gains: Gains }> = {
  "a link": { act: click("#one"), gains: { one: 1 } },
  "a link that changes the query alone": { act: click("#query"), gains: { query: 1 } },
  "a redirect, on the URL where it ends": { act: click("#moved"), gains: { two: 1 } },
  "a replacement": { act: click("#go"), gains: { one: 1, go: 1, "by-hand": 1 } },
  "there, back and there again": {
    act: async (page) => {
      await page.click("#one");
      await page.click("#home");
      await page.goBack();
      await page.waitForURL("**/lab/one");
    },
    gains: { one: 2 },
  },
};

for (const router of ["react", "vue"]) {
  for (const [name, walk] of Object.entries(WALKS)) {
    test(`${router}-router: ${name}`, async ({ lab }) => {
      const code = (await bundled(router)).replaceAll("</script", "<\\/script");
      const html = `<div id="app"></div><script>${code}</script>`;
      await lab.check({ name, html, ...walk });
    });
  }
}
