// Each coding agent in front of each provider dialect: a plain turn, and a turn in which it uses a tool of its own.
// The model is the scripted provider's `agent` (server/tests/scripted/agent.rs).
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { House } from "../support/house";
import { Provider } from "../support/provider";
import { AGENTS, type Agent, type Errand, PROGRAMS } from "./agents";

const DIALECTS = ["chat", "responses", "messages", "gemini", "ollama"] as const;
const PLAIN = "Say hello.";
const TOOL = "Run this shell command with your tool and tell me what it printed: expr 123456 + 654321";

let house: House;
let provider: Provider;
let key: string;

test.beforeAll(async () => {
  [house, provider] = [await House.start(), await Provider.start()];
  for (const dialect of DIALECTS) {
    await house.connect(provider, { prefix: `to-${dialect}`, dialect, models: ["agent"] });
  }
  key = await house.key("agents");
});

test.afterAll(async () => {
  const bad = [];
  for (const outcome of ["failed", "broken"]) bad.push(...(await house.api("GET", `/requests?outcome=${outcome}`)).rows);
  await house.stop();
  await provider.stop();
  // Agents get over these by asking again, or by doing without.
  expect(bad, "requests without a whole answer").toEqual([]);
});

/** Runs an agent in a home and a folder of its own: what it said, and what it left in the folder. */
function send(agent: Agent, dialect: string, question: string) {
  const root = mkdtempSync(join(tmpdir(), "ninerouter-agent-"));
  const [home, folder, temporary] = ["home", "work", "temporary"].map((name) => join(root, name));
  for (const made of [home, folder, temporary]) mkdirSync(made);
  const errand: Errand = { url: house.url, key, model: `to-${dialect}/agent`, home, folder, question };
  agent.settle?.(errand);
  const [program, ...args] = agent.command(errand);
  const ran = spawnSync(program, args, {
    cwd: folder,
    encoding: "utf8",
    env: {
      HOME: home,
      // Some unpack libraries there and leave them.
      TMPDIR: temporary,
      PATH: [...PROGRAMS, process.env.PATH].join(":"),
      TERM: "xterm-256color",
      ...agent.environment(errand),
    },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 110_000,
  });
  const said = `${ran.stdout}\n${ran.stderr}`;
  const greeting = agent.name === "aider" ? readFileSync(join(folder, "greeting.txt"), "utf8") : "";
  rmSync(root, { recursive: true, force: true });
  // One that is absent or late has no exit code.
  expect(ran.error, said).toBeUndefined();
  expect(ran.status, said).toBe(0);
  return { said, greeting };
}

for (const agent of AGENTS) {
  for (const dialect of DIALECTS) {
    test(`${agent.name} in front of ${dialect}: a plain turn`, () => {
      // aider asks for edits with every question, and its model makes one.
      const { said, greeting } = send(agent, dialect, PLAIN);
      if (agent.name === "aider") expect(greeting, said).toBe("hello ninerouter-42\n");
      else expect(said).toContain("Hello from behind Ninerouter.");
    });

    // aider has no tools: its edits are words, which the plain turn holds.
    if (agent.name === "aider") continue;
    test(`${agent.name} in front of ${dialect}: a turn that uses a tool`, () => {
      const { said } = send(agent, dialect, TOOL);
      // A sum that nothing else they say holds: not the question, no duration, no count of tokens.
      expect(said).toMatch(/The command printed:[^]*777777/);
    });
  }
}
