// The script tag: <script async src=".../sdk/ttoolab.js" data-project-key="demo"></script>

import { boot } from "./boot.js";
import { installStub } from "./stub.js";
import type { Config } from "./types.js";

// Set while the script runs for the first time; a module script has none and finds itself.
const script = (document.currentScript ??
  document.querySelector("script[data-project-key]")) as HTMLScriptElement | null;

function attributes(): Config {
  const config: Record<string, string> = {};
  const from = { projectKey: "projectKey", endpoint: "endpoint", consent: "consent", gpc: "gpc" };
  for (const [name, attribute] of Object.entries(from)) {
    const value = script?.dataset[attribute];
    if (value) config[name] = value;
  }
  return config as Config;
}

const source = script?.src || location.href;
const config: Config = {
  endpoint: new URL(source).origin,
  ...attributes(),
  ...window.ttoolabSettings,
};

const stub = installStub(window);
// Loading it twice changes nothing, also when the second tag says something else.
if (!stub.started) {
  boot(stub, config, {
    wasm: new URL(WASM_FILE, source),
    overlay: new URL(OVERLAY_FILE, source),
  });
}
