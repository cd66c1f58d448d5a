// The scripted provider: server/examples/scripted_provider.rs. It behaves by the name of the model.
import { dirname, join, resolve } from "node:path";
import { BINARY } from "./house";
import { Program } from "./process";

const SCRIPTED = resolve(process.env.NINEROUTER_SCRIPTED ?? join(dirname(BINARY), "examples/scripted_provider"));

export class Provider {
  private constructor(
    private readonly program: Program,
    /** Without a path. */
    readonly url: string,
  ) {}

  static async start() {
    const { program, said } = await Program.start(SCRIPTED, {}, /(http:\/\/\S+)/);
    return new Provider(program, said[1].replace(/\/+$/, ""));
  }

  async stop() {
    await this.program.stop();
  }

  /** The requests that reached it, oldest first. */
  async seen(): Promise<any[]> {
    return (await fetch(`${this.url}/_seen`)).json();
  }
}
