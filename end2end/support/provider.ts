// The scripted provider: server/examples/scripted_provider.rs. It behaves by the key or the name of the model:
// server/tests/scripted/script.rs has the list.
import { dirname, join, resolve } from "node:path";
import { BINARY } from "./house";
import { Program } from "./process";

const SCRIPTED = resolve(process.env.NINEROUTER_SCRIPTED ?? join(dirname(BINARY), "examples/scripted_provider"));

/** The text of every good answer: letters of one to four bytes. */
export const WORDS = "Grüße aus 東京 🚀.";

/** A request as it reached the provider. */
export interface Seen {
  script: string;
  /** Method, path and query. */
  line: string;
  headers: [string, string][];
  body: string;
  /** The whole answer was sent. */
  answered: boolean;
  /** The other side closed the connection before that. */
  left: boolean;
}

export class Provider {
  private constructor(
    private readonly program: Program,
    /** Without a path. */
    readonly url: string,
  ) {}

  static async start() {
    const { program, said } = await Program.start(SCRIPTED, { PORT: "0" }, /(http:\/\/\S+)/);
    return new Provider(program, said[1].replace(/\/+$/, ""));
  }

  async stop() {
    await this.program.stop();
  }

  /** The requests that reached it, oldest first. */
  async seen(): Promise<Seen[]> {
    return (await fetch(`${this.url}/_seen`)).json();
  }
}
