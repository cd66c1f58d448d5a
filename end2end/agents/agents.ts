// How each coding agent is told where to ask and what, without a person in front of it.
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** What an agent is run with. */
export interface Errand {
  /** Where Ninerouter listens. */
  url: string;
  /** A caller key. */
  key: string;
  /** `to-<dialect>/agent`. */
  model: string;
  /** The agent's own home and the folder it works in: both empty. */
  home: string;
  folder: string;
  question: string;
}

export interface Agent {
  name: string;
  /** The program and its arguments. */
  command(errand: Errand): [string, ...string[]];
  /** Its environment, beside HOME and PATH. */
  environment(errand: Errand): Record<string, string>;
  /** Writes the files it reads its settings from. */
  settle?(errand: Errand): void;
}

const HERE = import.meta.dirname;
/** Where npm put the agents, and Node 22, which some of them need. */
export const PROGRAMS = [resolve(HERE, "node_modules/.bin"), resolve(HERE, "node_modules/node/bin")];
const AIDER = process.env.NINEROUTER_AIDER ?? "aider";

function file(path: string, text: string) {
  mkdirSync(resolve(path, ".."), { recursive: true });
  writeFileSync(path, text);
}

export const AGENTS: Agent[] = [
  {
    name: "Claude Code",
    command: ({ question }) => ["claude", "-p", question, "--allowedTools", "Bash", "--output-format", "text"],
    environment: ({ url, key, model }) => ({
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_AUTH_TOKEN: key,
      ANTHROPIC_MODEL: model,
      ANTHROPIC_DEFAULT_HAIKU_MODEL: model,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    }),
  },
  {
    name: "Codex",
    command: ({ question }) => [
      "codex", "exec", "--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox", question,
    ],
    environment: ({ key }) => ({ NINEROUTER_KEY: key }),
    settle: ({ url, model, home }) =>
      file(
        join(home, ".codex/config.toml"),
        `model = "${model}"
model_provider = "ninerouter"
[model_providers.ninerouter]
name = "Ninerouter"
base_url = "${url}/v1"
env_key = "NINEROUTER_KEY"
wire_api = "responses"
`,
      ),
  },
  {
    name: "OpenCode",
    command: ({ model, question }) => ["opencode", "run", "-m", `ninerouter/${model}`, question],
    environment: () => ({}),
    settle: ({ url, key, model, home }) =>
      file(
        join(home, ".config/opencode/opencode.json"),
        JSON.stringify({
          autoupdate: false,
          share: "disabled",
          provider: {
            ninerouter: {
              npm: "@ai-sdk/openai-compatible",
              name: "Ninerouter",
              options: { baseURL: `${url}/v1`, apiKey: key },
              models: { [model]: {} },
            },
          },
        }),
      ),
  },
  {
    name: "Gemini CLI",
    command: ({ model, question }) => ["gemini", "-m", model, "--yolo", "-p", question],
    environment: ({ url, key }) => ({
      GEMINI_API_KEY: key,
      GOOGLE_GEMINI_BASE_URL: url,
      GEMINI_CLI_TRUST_WORKSPACE: "true",
    }),
    settle: ({ home }) =>
      file(
        join(home, ".gemini/settings.json"),
        JSON.stringify({
          security: { auth: { selectedType: "gemini-api-key" } },
          privacy: { usageStatisticsEnabled: false },
        }),
      ),
  },
  {
    name: "Qwen Code",
    command: ({ question }) => ["qwen", "--auth-type", "openai", "--yolo", "-p", question],
    environment: ({ url, key, model }) => ({ OPENAI_API_KEY: key, OPENAI_BASE_URL: `${url}/v1`, OPENAI_MODEL: model }),
  },
  {
    name: "aider",
    command: ({ model, question }) => [
      AIDER, "--model", `openai/${model}`, "--yes-always", "--no-git", "--no-auto-commits", "--no-check-update",
      "--no-analytics", "--no-show-model-warnings", "--edit-format", "diff", "--map-tokens", "0", "--no-pretty",
      "--message", question, "greeting.txt",
    ],
    environment: ({ url, key }) => ({ OPENAI_API_KEY: key, OPENAI_API_BASE: `${url}/v1` }),
    settle: ({ folder }) => file(join(folder, "greeting.txt"), "hello\n"),
  },
];
