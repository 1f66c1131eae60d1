// Builds the shop into dist/, ready to be served under /demo/ by the collector.
//
// The page carries the tracking snippet the way a customer's page does: the stub inline, so that
// calls made early are kept, and the SDK itself as an async script. Only the stub comes from
// another part of the repository, and it has to be built first.

import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const MARKER = "<!-- ttoolab:snippet -->";

const here = (relative) => fileURLToPath(new URL(relative, import.meta.url));

async function readStub() {
  try {
    return (await readFile(here("../js/dist/stub.js"), "utf8")).trim();
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    throw new Error("js/dist/stub.js is missing: run `cargo xtask build` first");
  }
}

function snippet(stub) {
  if (/<\/script/i.test(stub)) {
    throw new Error("js/dist/stub.js contains </script, which would end the inline script early");
  }
  // The path has no host, so the page works on whatever port the collector listens.
  return [
    `<script>${stub}</script>`,
    `<script async src="/sdk/ttoolab.js" data-project-key="demo"></script>`,
  ].join("\n");
}

async function writePage(stub) {
  const page = await readFile(here("index.html"), "utf8");
  const parts = page.split(MARKER);
  if (parts.length !== 2) {
    throw new Error(`index.html must contain ${MARKER} exactly once`);
  }
  // Joined, not String.replace: minified code may contain `$&`, which replace would expand.
  await writeFile(here("dist/index.html"), parts.join(snippet(stub)));
}

async function main() {
  // Read before anything is removed: a failed build leaves the last good one in place.
  const stub = await readStub();
  await rm(here("dist"), { recursive: true, force: true });
  await mkdir(here("dist"));
  await build({
    entryPoints: { shop: here("src/main.ts"), styles: here("styles.css") },
    outdir: here("dist"),
    bundle: true,
    format: "esm",
    target: "es2020",
    minify: true,
    sourcemap: true,
    logLevel: "warning",
  });
  await writePage(stub);
}

main().catch((error) => {
  console.error(`www-demo: ${error.message}`);
  process.exitCode = 1;
});
