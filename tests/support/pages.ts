import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { listen } from "./listen.js";

/** Serves one made-up page under every path below `/lab/`, and an answer without a page elsewhere. */
export class Pages {
  html = "";
  readonly origin: string;
  #server: Server;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.origin = `http://127.0.0.1:${port}`;
  }

  static async start(): Promise<Pages> {
    const server = createServer();
    const pages = new Pages(server, await listen(server));
    server.on("request", ({ url }, answer) => {
      const isPage = url?.startsWith("/lab/");
      answer.setHeader("content-type", isPage ? "text/html; charset=utf-8" : "text/plain");
      answer.end(isPage ? pages.html : "ok");
    });
    return pages;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}
