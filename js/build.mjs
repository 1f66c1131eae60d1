// Builds dist/ from src/ and from pkg/, which `cargo xtask build` makes of sdk-wasm.
//
// The wasm and the debug overlay carry their hashes in their names so that they can be cached for
// ever; the two scripts know those names. stub.js and antiflicker.js are exactly the texts to paste
// into a page.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";

const here = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const run = promisify(execFile);

const GLUE = /ttoolab_sdk\.js$/;
/** How the glue finds the wasm if nobody tells it. Bundlers of the pages that use our package
 * would look for that file and fail. */
const DEFAULT_PATH = "new URL('ttoolab_sdk_bg.wasm', import.meta.url)";

const withoutDefaultPath = {
  name: "without-default-path",
  setup({ onLoad }) {
    onLoad({ filter: GLUE }, async ({ path }) => {
      const glue = await readFile(path, "utf8");
      if (!glue.includes(DEFAULT_PATH)) throw new Error(`${path} no longer has ${DEFAULT_PATH}`);
      return { contents: glue.replace(DEFAULT_PATH, "undefined"), loader: "js" };
    });
  },
};

/** The very file that the wasm's glue imports, so that both share what was kept. */
const watch = {
  name: "watch",
  setup({ onResolve }) {
    onResolve({ filter: /^ttoolab:watch$/ }, async () => {
      const [crate] = await readdir(here("pkg/snippets"));
      return { path: here(`pkg/snippets/${crate}/src/capture/watch.js`) };
    });
  },
};

async function readWasm() {
  try {
    return await readFile(here("pkg/ttoolab_sdk_bg.wasm"));
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    throw new Error("pkg/ is missing: run `cargo xtask build`");
  }
}

function options(define) {
  return {
    bundle: true,
    minify: true,
    target: "es2020",
    define,
    logLevel: "warning",
    // The glue names the module of our snippets once per function that it passes on unchanged.
    logOverride: { "duplicate-object-key": "silent" },
  };
}

/** A file that never changes under its name. */
async function writeHashed(name, extension, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8);
  const file = `${name}-${hash}.${extension}`;
  await writeFile(here(`dist/${file}`), content);
  return file;
}

async function bundleOverlay() {
  const { outputFiles } = await build({
    ...options({}),
    format: "esm",
    entryPoints: [here("src/overlay/index.ts")],
    write: false,
  });
  return writeHashed("ttoolab-debug", "js", outputFiles[0].text);
}

async function bundleScripts(wasmFile, overlayFile) {
  const { version } = JSON.parse(await readFile(here("package.json"), "utf8"));
  const define = {
    WASM_FILE: JSON.stringify(`./${wasmFile}`),
    OVERLAY_FILE: JSON.stringify(`./${overlayFile}`),
    VERSION: JSON.stringify(version),
  };
  const plugins = [withoutDefaultPath, watch];
  await Promise.all([
    build({
      ...options({ ...define, "import.meta.url": '""' }),
      plugins,
      format: "iife",
      entryPoints: [here("src/loader.ts")],
      outfile: here("dist/ttoolab.js"),
    }),
    build({
      ...options(define),
      plugins,
      format: "esm",
      entryPoints: [here("src/index.ts")],
      outfile: here("dist/index.js"),
    }),
  ]);
}

/** Texts to paste into a page. */
async function bundleSnippets() {
  const stub = `import { installStub } from "./src/stub.ts"; installStub(window);`;
  await bundleSnippet("stub.js", stub);
  const hide = `import { hideUntilReady as hide } from "./src/antiflicker.ts";`;
  await bundleSnippet("antiflicker.js", `${hide} hide(document.currentScript?.dataset ?? {});`);
}

async function bundleSnippet(name, contents) {
  const { outputFiles } = await build({
    ...options({}),
    format: "iife",
    stdin: { contents, resolveDir: here(".") },
    write: false,
  });
  await writeFile(here(`dist/${name}`), outputFiles[0].text.trim());
}

async function declareTypes() {
  const flags = ["--emitDeclarationOnly", "--declaration", "--outDir", here("dist")];
  await run("tsc", ["-p", here("tsconfig.json"), ...flags]);
  // What only our own files import is nobody else's business.
  const inner = [
    "antiflicker.d.ts",
    "boot.d.ts",
    "debug.d.ts",
    "loader.d.ts",
    "stub.d.ts",
    "overlay",
  ];
  for (const name of inner) await rm(here(`dist/${name}`), { recursive: true });
}

async function main() {
  const wasm = await readWasm();
  await rm(here("dist"), { recursive: true, force: true });
  await mkdir(here("dist"));
  const wasmFile = await writeHashed("ttoolab", "wasm", wasm);
  const overlayFile = await bundleOverlay();
  await Promise.all([bundleScripts(wasmFile, overlayFile), bundleSnippets(), declareTypes()]);
}

main().catch((error) => {
  console.error(`js: ${error.stdout ?? ""}${error.message}`);
  process.exitCode = 1;
});
