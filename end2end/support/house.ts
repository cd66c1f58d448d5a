// A Ninerouter of one's own, the scripted provider behind it, and pages that are watched.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
  expect,
} from "@playwright/test";
import { Program } from "./process";
import { Provider } from "./provider";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

/** The binary under test. */
export const BINARY = resolve(process.env.NINEROUTER_BIN ?? join(ROOT, "target/debug/ninerouter"));

/** What the first person signs in with where a test does not set up Ninerouter itself. */
export const PERSON = { name: "admin", password: "correct horse battery" };

/** A running Ninerouter with an empty data folder. */
export class House {
  readonly url: string;
  /** The link that it printed, while nobody had set it up. */
  readonly setupLink: string;
  readonly dataDir: string;
  private readonly program: Program;
  private bearer = "";

  private constructor(program: Program, url: string, dataDir: string) {
    this.program = program;
    this.url = url;
    this.dataDir = dataDir;
    this.setupLink = /http\S+\/setup\?token=\S+/.exec(program.output)?.[0] ?? "";
  }

  /**
   * Starts it. `fresh` leaves the first person to the test; otherwise that is [PERSON]. `providers`: files of the person's
   * own, by id.
   */
  static async start({ fresh = false, providers = {} as Record<string, string> } = {}) {
    const dataDir = await mkdtemp(join(tmpdir(), "ninerouter-end2end-"));
    await mkdir(join(dataDir, "providers"));
    for (const [id, file] of Object.entries(providers)) await writeFile(join(dataDir, "providers", `${id}.toml`), file);
    // Nothing else: no proxy of the machine, no setting of the person who runs the tests.
    const env: Record<string, string> = { HOME: dataDir, DATA_DIR: dataDir, PORT: "0" };
    if (!fresh) env.INITIAL_PASSWORD = PERSON.password;
    const ready = fresh ? /ready at (\S+)\n[^]*\/setup\?token=\S+\n/ : /ready at (\S+)\n/;
    const { program, said } = await Program.start(BINARY, env, ready);
    return new House(program, said[1], dataDir);
  }

  async stop() {
    await this.program.stop();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  /** Everything it printed so far. */
  get log() {
    return this.program.output;
  }

  /** Calls the management API as [PERSON]. */
  async api<T = any>(method: string, path: string, body?: unknown): Promise<T> {
    if (!this.bearer) {
      const login = await this.call("POST", "/login", PERSON);
      this.bearer = login.token;
    }
    return this.call(method, path, body);
  }

  private async call(method: string, path: string, body?: unknown): Promise<any> {
    const headers: Record<string, string> = { "content-type": "application/json" };
    if (this.bearer) headers.authorization = `Bearer ${this.bearer}`;
    const answer = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }

  /** Adds the scripted provider as a custom endpoint with accounts by these keys. */
  async connect(provider: Provider, { prefix = "scripted", dialect = "chat", keys = ["good"], models = [] as string[] } = {}) {
    await this.api("POST", "/endpoints", {
      name: prefix[0].toUpperCase() + prefix.slice(1),
      prefix,
      dialect,
      // Ollama's address has no version.
      base_url: dialect === "ollama" ? provider.url : `${provider.url}/v1`,
      private_network: true,
      models,
    });
    const accounts = [];
    for (const [at, key] of keys.entries()) {
      accounts.push(await this.api("POST", "/accounts", { provider: prefix, name: `account ${at + 1}`, key }));
    }
    return accounts;
  }

  /** Makes a caller key. */
  async key(name = "test"): Promise<string> {
    return (await this.api("POST", "/keys", { name })).secret;
  }
}

/** Pages of one test, each of them watched for what must never happen. */
export class Windows {
  private readonly complaints = new Set<string>();
  private readonly forgiven: RegExp[] = [];
  private readonly contexts: BrowserContext[] = [];

  constructor(
    private readonly browser: Browser,
    private readonly house: House,
    private readonly defaults: BrowserContextOptions,
  ) {}

  /** A page in a browser of its own, nobody signed in. */
  async open(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.browser.newContext({ ...this.defaults, baseURL: this.house.url, ...options });
    this.contexts.push(context);
    context.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") {
        this.complaints.add(`${message.type()} in the console of ${message.page()?.url()}: ${message.text()}`);
      }
    });
    context.on("weberror", (error) => {
      this.complaints.add(`uncaught: ${error.error().stack ?? error.error()}`);
    });
    context.on("request", (request) => {
      const url = new URL(request.url());
      if (url.origin !== this.house.url && url.protocol !== "data:") {
        this.complaints.add(`left our origin: ${request.method()} ${request.url()}`);
      }
    });
    context.on("response", (response) => {
      if (response.status() >= 500) this.complaints.add(`${response.status()} from ${response.url()}`);
    });
    return context.newPage();
  }

  /** The same with [PERSON] signed in. */
  async signedIn(options: BrowserContextOptions = {}): Promise<Page> {
    const page = await this.open(options);
    const answer = await page.request.post("/console/log_in", {
      form: PERSON,
      headers: { origin: this.house.url, accept: "application/json" },
      maxRedirects: 0,
    });
    expect(answer.status()).toBeLessThan(400);
    return page;
  }

  /** What the console may say in this test, because the test provokes it. */
  forgive(words: RegExp) {
    this.forgiven.push(words);
  }

  async close() {
    for (const context of this.contexts) await context.close();
    const left = [...this.complaints].filter((text) => !this.forgiven.some((words) => words.test(text)));
    expect(left, "what the browser complained of").toEqual([]);
  }
}

/** Opens a page and waits until its islands are awake. */
export async function visit(page: Page, path: string) {
  await page.goto(path);
  await awake(page);
}

/** Waits until the islands of the page that is open are awake. */
export async function awake(page: Page) {
  await expect(page.locator("html[data-awake]")).toBeAttached({ timeout: 20_000 });
}
