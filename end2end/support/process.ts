// Starting a program, waiting until it says that it is ready, and stopping it again.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** How long a program may take until it is ready. */
const START_MS = 20_000;
/** How long it may take to stop by itself. */
const STOP_MS = 8_000;

export class Program {
  /** Everything it printed, both streams. */
  output = "";
  private readonly child: ChildProcess;
  private readonly name: string;

  private constructor(child: ChildProcess, name: string) {
    this.child = child;
    this.name = name;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => (this.output += text));
    }
  }

  /** Starts `path` with exactly this environment and waits for `ready` in its output. */
  static async start(path: string, env: Record<string, string>, ready: RegExp) {
    const child = spawn(path, [], { env, stdio: ["ignore", "pipe", "pipe"] });
    const program = new Program(child, path);
    let failure = "";
    child.on("error", (error) => (failure = error.message));
    const late = Date.now() + START_MS;
    for (;;) {
      const said = ready.exec(program.output);
      if (said) return { program, said };
      if (failure || child.exitCode !== null) {
        throw new Error(`${path} did not start: ${failure}\n${program.output}`);
      }
      if (Date.now() > late) {
        child.kill("SIGKILL");
        throw new Error(`${path} was not ready in time:\n${program.output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Asks it to stop. A program that has to be killed is an error. */
  async stop() {
    if (this.child.exitCode !== null || this.child.signalCode !== null) {
      throw new Error(`${this.name} had ended before its test:\n${this.output}`);
    }
    const ended = once(this.child, "exit");
    this.child.kill("SIGTERM");
    const killer = setTimeout(() => this.child.kill("SIGKILL"), STOP_MS);
    await ended;
    clearTimeout(killer);
    if (this.child.signalCode === "SIGKILL") {
      throw new Error(`${this.name} did not stop within ${STOP_MS} ms:\n${this.output}`);
    }
  }
}
