import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { listen } from "./listen.js";

const REPOSITORY = resolve(import.meta.dirname, "../..");
const PROGRAM = process.env.TTOOLAB_COLLECTOR ?? join(REPOSITORY, "target/debug/ttoolab-collector");
const ADMIN_KEY = "a-key-for-tests";

/** A project of an import file, as far as it is looked at here. */
export interface Project {
  projectKey: string;
  origins: string[];
  experiments: object[];
}

/** A collector of one test, with a data folder that outlives its process. */
export class Collector {
  readonly origin: string;
  #folder: string;
  #port: number;
  #process: ChildProcess | undefined;
  #project = "";

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
    this.origin = `http://127.0.0.1:${port}`;
  }

  /**
   * Starts a collector on a free port of this machine: with the demo project, or others. Its own
   * pages may send to it, and those of `origins`.
   */
  static async start(projects?: Project[], origins: string[] = []): Promise<Collector> {
    const collector = new Collector(await mkdtemp(join(tmpdir(), "ttoolab-")), await freePort());
    const imported = projects ?? (await demoProjects());
    for (const project of imported) project.origins = [collector.origin, ...origins];
    collector.#project = imported[0]?.projectKey ?? "";
    await writeFile(collector.#importFile, JSON.stringify({ projects: imported }));
    await collector.restart();
    return collector;
  }

  get #importFile(): string {
    return join(this.#folder, "import.json");
  }

  get adminKey(): string {
    return ADMIN_KEY;
  }

  /** Starts the process over the same data. */
  async restart(): Promise<void> {
    const shop = join(REPOSITORY, "www-demo/dist");
    const args = ["serve", "--listen", `127.0.0.1:${this.#port}`, "--demo", shop];
    args.push("--data", join(this.#folder, "data"), "--import", this.#importFile);
    const child = spawn(PROGRAM, args, {
      env: { ...process.env, TTOOLAB_ADMIN_KEY: ADMIN_KEY, RUST_LOG: "warn" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#process = child;
    // It prints where it listens once it does.
    const lines = createInterface({ input: child.stdout });
    const listening = once(lines, "line");
    const ended = once(child, "exit").then(([code]) => {
      throw new Error(`the collector ended with ${code} before it listened`);
    });
    await Promise.race([listening, ended]);
    ended.catch(() => {});
  }

  /** Ends the process as a power cut would: without a word. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Ends the process and removes its data. */
  async close(): Promise<void> {
    await this.#end("SIGTERM");
    await rm(this.#folder, { recursive: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  }

  /** Asks the API about an experiment of its first project. */
  async api<T>(path: string): Promise<T> {
    const answer = await fetch(
      `${this.origin}/api/v1/projects/${this.#project}/experiments/${path}`,
      {
        headers: { authorization: `Bearer ${ADMIN_KEY}` },
      },
    );
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }
}

async function demoProjects(): Promise<Project[]> {
  const text = await readFile(join(REPOSITORY, "www-demo/experiments.json"), "utf8");
  return (JSON.parse(text) as { projects: Project[] }).projects;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  server.close();
  await once(server, "close");
  return port;
}
