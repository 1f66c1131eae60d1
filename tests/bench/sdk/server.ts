import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { buffer } from "node:stream/consumers";
import { build } from "esbuild";
import { listen } from "../../support/listen.js";
import { blob, shop } from "./shop.js";
import { type Action, ourEvents, SUBJECTS } from "./subjects.js";

/** Run by npm, which stands in `tests`. */
const SDK = resolve("../js/dist");
const PAGES = resolve("bench/sdk/pages");

const HEADERS = {
  // Without the two, the clock of a page is too coarse for a single click.
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

/** What PostHog's servers say of themselves: a plain project, which takes zipped bodies. */
const POSTHOG = {
  autocapture_opt_out: false,
  elementsChainAsString: true,
  supportedCompression: ["gzip", "gzip-js"],
  featureFlags: {},
  flags: {},
};

/**
 * Pages and events on one origin, answered from memory. Not by the collector: all three are to have
 * the same server, and it acknowledges ids as the collector does.
 */
export class Server {
  readonly #server = createServer((request, response) => {
    this.#answer(request, response).catch((error) => {
      this.#mistake ??= error;
      response.writeHead(500).end();
    });
  });
  readonly #scripts = new Map<string, string>();
  readonly #arrived = new Map<string, number>();
  #mistake: Error | undefined;

  static async start(): Promise<Server> {
    const server = new Server();
    for (const { key } of SUBJECTS) {
      const { outputFiles } = await build({
        entryPoints: [join(PAGES, `${key}.ts`)],
        bundle: true,
        minify: true,
        write: false,
        format: "esm",
        target: "es2022",
        logLevel: "error",
      });
      server.#scripts.set(key, outputFiles[0]?.text ?? "");
    }
    await listen(server.#server);
    return server;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** How many events of an action have arrived from one of them so far. */
  arrived(subject: string, action: Action): number {
    if (this.#mistake) throw this.#mistake;
    return this.#arrived.get(`${subject} ${action}`) ?? 0;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "/", this.origin);
    const [, first = "", ...rest] = pathname.split("/");
    const send = (type: string, body: string | Buffer) =>
      response.writeHead(200, { ...HEADERS, "content-type": type }).end(body);
    const json = (value: object) => send("application/json", JSON.stringify(value));
    const body = await buffer(request);
    switch (first) {
      case "page":
        return void send(
          "text/html",
          shop(`<script type="module" src="/script/${rest[0]}"></script>`),
        );
      case "script": {
        const script = this.#scripts.get(rest[0] ?? "");
        if (script !== undefined) return void send("text/javascript", script);
        // Our wasm, beside the script that asks for it.
        return void send("application/wasm", await readFile(join(SDK, rest[0] ?? "")));
      }
      case "sdk": {
        if (rest[0] === "bootstrap") return void json(blob(searchParams.get("anonymousId") ?? ""));
        if (rest[0] === "events") {
          this.#count("ttoolab", body);
          const accepted = ourEvents(body).map(({ eventId }) => eventId);
          return void json({ accepted, rejected: [] });
        }
        return void response.writeHead(404, HEADERS).end();
      }
      case "com.snowplowanalytics.snowplow":
        this.#count("snowplow", body);
        return void send("text/plain", "ok");
      case "e":
      case "i":
      case "batch":
        this.#count("posthog", body);
        return void json({ status: 1 });
      case "array":
        return void (rest[1] === "config" ? json(POSTHOG) : send("text/javascript", ""));
      case "flags":
      case "decide":
        return void json(POSTHOG);
      default:
        response.writeHead(404, HEADERS).end();
    }
  }

  #count(subject: string, body: Buffer): void {
    const found = SUBJECTS.find(({ key }) => key === subject)?.read(body) ?? [];
    for (const { action, count } of found) {
      const key = `${subject} ${action}`;
      this.#arrived.set(key, (this.#arrived.get(key) ?? 0) + count);
    }
  }
}
