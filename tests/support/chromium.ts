import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import config from "../playwright.config.js";

interface Answer {
  id?: number;
  method?: string;
  params?: { sessionId: string; targetInfo: { type: string } };
  result?: object;
  error?: { message: string };
}

/**
 * A Chromium that Playwright does not drive. Nothing is prerendered in a tab to whose page a
 * debugger is attached, as Playwright's is (`PrerenderingDisabledByDevTools`); one that attaches
 * to the tab may see both its page and the one being prerendered. Speaks the DevTools protocol
 * over the browser's own pipe.
 */
export class Chromium {
  #process: ChildProcess;
  #folder: string;
  #last = 0;
  #pages: BarePage[] = [];
  #waiting = new Map<number, (answer: Answer) => void>();

  private constructor(folder: string) {
    this.#folder = folder;
    const { executablePath, args = [] } = config.use?.launchOptions ?? {};
    const own = ["--headless=new", "--remote-debugging-pipe", `--user-data-dir=${folder}`];
    this.#process = spawn(executablePath as string, [...own, ...args, "about:blank"], {
      stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
    });
    let text = "";
    this.#pipe(4).on("data", (chunk: Buffer) => {
      const messages = (text + chunk).split("\0");
      text = messages.pop() as string;
      for (const message of messages) {
        const answer = JSON.parse(message) as Answer;
        if (answer.id !== undefined) this.#waiting.get(answer.id)?.(answer);
        const { method, params } = answer;
        if (method === "Target.attachedToTarget" && params?.targetInfo.type === "page") {
          this.#pages.push(new BarePage(this, params.sessionId));
        }
      }
    });
  }

  static async start(): Promise<Chromium> {
    return new Chromium(await mkdtemp(join(tmpdir(), "ttoolab-chromium-")));
  }

  /** Its first page, and in time those that are prerendered there, the newest last. */
  async open(): Promise<BarePage[]> {
    const filter = [{ type: "tab" }];
    const { targetInfos } = await this.send<{ targetInfos: { targetId: string }[] }>(
      "Target.getTargets",
      { filter },
    );
    const targetId = targetInfos[0]?.targetId;
    const { sessionId } = await this.send<{ sessionId: string }>("Target.attachToTarget", {
      targetId,
      flatten: true,
    });
    const follow = { autoAttach: true, waitForDebuggerOnStart: false, flatten: true };
    await this.send("Target.setAutoAttach", follow, sessionId);
    return this.#pages;
  }

  async send<Result>(method: string, params: object, sessionId?: string): Promise<Result> {
    const id = ++this.#last;
    const answered = new Promise<Answer>((done) => this.#waiting.set(id, done));
    this.#pipe(3).write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    const { result, error } = await answered;
    this.#waiting.delete(id);
    if (error) throw new Error(`${method}: ${error.message}`);
    return result as Result;
  }

  async close(): Promise<void> {
    const ended = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await ended;
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #pipe(at: 3 | 4): Duplex {
    return this.#process.stdio[at] as Duplex;
  }
}

/** One page of it. */
export class BarePage {
  #browser: Chromium;
  #session: string;

  constructor(browser: Chromium, session: string) {
    this.#browser = browser;
    this.#session = session;
  }

  /** Goes to a URL. Not there yet when this is done. */
  async goto(url: string): Promise<void> {
    await this.#browser.send("Page.navigate", { url }, this.#session);
  }

  /** What a function gives back in the page. */
  async evaluate<Given, Back>(call: (given: Given) => Back, given?: Given): Promise<Awaited<Back>> {
    const expression = `(${call})(${JSON.stringify(given)})`;
    const { result } = await this.#browser.send<{ result: { value: Awaited<Back> } }>(
      "Runtime.evaluate",
      { expression, awaitPromise: true, returnByValue: true },
      this.#session,
    );
    return result.value;
  }
}
