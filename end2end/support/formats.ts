// Five endpoints, one of each wire format, behind one Ninerouter for all tests of a worker; and what every client must
// be told by each of them. Mirrors server/tests/scripted: says/mod.rs has the counts, scenario.rs the scenarios.
import { test as base } from "@playwright/test";
import { House } from "./house";
import { Provider } from "./provider";

export const DIALECTS = ["chat", "responses", "messages", "gemini", "ollama"] as const;
export type Dialect = (typeof DIALECTS)[number];

/** What each of them counts: the whole prompt, what of it the cache had, the answer. */
export const COUNTS: Record<Dialect, { prompt: number; cached: number; output: number }> = {
  chat: { prompt: 1117, cached: 896, output: 46 },
  responses: { prompt: 3072, cached: 2048, output: 46 },
  messages: { prompt: 2099, cached: 1890, output: 46 },
  gemini: { prompt: 1200, cached: 700, output: 46 },
  ollama: { prompt: 512, cached: 0, output: 46 },
};

/** The thought before an answer. */
export const THOUGHT = "Let me think.";

/** The calls a model makes when it is offered tools. */
export const CALLS = [
  {
    name: "read_file",
    input: {
      path: "src/naïve 🚀/東京.rs",
      limits: { ratio: 1, big: 12345678901234567890, zero: 0, list: [100, { deep: [null, true, ""] }] },
    },
  },
  { name: "search", input: { query: '"quoted\\path"\n\t', options: {} } },
];

/** What the tools answer, by name. */
export const RESULTS: Record<string, string> = { read_file: "fn main() {} // 東京 🚀", search: "three hits" };

/** The JSON of an answer with a schema. */
export const STRUCTURED = { city: "東京", degrees: 21.5, days: [1, 2] };

/** A picture: 70 bytes of PNG. */
export const PICTURE =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** The schemas of the two tools. */
export const TOOLS = {
  read_file: {
    type: "object",
    properties: { path: { type: "string", description: "Where it is." }, limits: { type: "object", properties: {} } },
    required: ["path"],
  },
  search: {
    type: "object",
    properties: { query: { type: "string" }, options: { type: "object", properties: {} } },
    required: ["query"],
  },
} as const;

/** The schema of an answer. */
export const SCHEMA = {
  type: "object",
  properties: {
    city: { type: "string" },
    degrees: { type: "number" },
    days: { type: "array", items: { type: "integer" } },
  },
  required: ["city", "degrees", "days"],
  additionalProperties: false,
} as const;

/** An answer, whichever library gave it. */
export interface Said {
  text: string;
  thought: string;
  calls: { name: string; input: unknown }[];
  /** In the library's own word. */
  stop: string;
  /** As the library counts, in our terms. */
  usage: { prompt: number; cached: number; output: number };
}

/** A failure, as the library raises it. */
export interface Failure {
  /** None inside of a stream. */
  status?: number;
  message: string;
}

/** A library in front of Ninerouter. `stream`: whether it is asked for a stream. */
export interface Client {
  name: string;
  /** Its words for an answer that is whole, and for one that calls tools. */
  stops: { whole: string; calls: string };
  /** Whether it reads thoughts. */
  thinks: boolean;
  plain(model: string, stream: boolean): Promise<Said>;
  /** Both turns: the calls, and the answer to their results. */
  tools(model: string, stream: boolean): Promise<[Said, Said]>;
  image(model: string): Promise<string>;
  /** Both turns: a thought and words, and the answer when both are sent back. */
  reasoning(model: string, stream: boolean): Promise<[Said, Said]>;
  structured(model: string): Promise<unknown>;
  failure(model: string, stream: boolean): Promise<Failure>;
}

export interface Formats {
  url: string;
  key: string;
}

/** Fails unless it fails. */
export async function failed(what: () => Promise<unknown>): Promise<any> {
  try {
    await what();
  } catch (error) {
    return error;
  }
  throw new Error("it did not fail");
}

export const test = base.extend<object, { formats: Formats }>({
  formats: [
    async ({}, use) => {
      const provider = await Provider.start();
      const house = await House.start();
      for (const dialect of DIALECTS) await house.connect(provider, { prefix: `to-${dialect}`, dialect });
      await use({ url: house.url, key: await house.key() });
      await house.stop();
      await provider.stop();
    },
    { scope: "worker" },
  ],
});

export { expect } from "@playwright/test";
