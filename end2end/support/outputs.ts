// What tools gave, as coding tools send it along: long enough for the saver, and of several forms.
import type { House } from "./house";

/** A test run of cargo in which everything passes. */
export const RUN = [
  "",
  "running 60 tests",
  ...Array.from({ length: 60 }, (_, at) => `test parser::case_${at + 1} ... ok`),
  "",
  "test result: ok. 60 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.02s",
  "",
].join("\n");

/** A diff of two files with a good deal of context, and one line that is longer than any page. */
export const DIFF = ["parser", "lexer"]
  .map((file) =>
    [
      `diff --git a/src/${file}.rs b/src/${file}.rs`,
      "index 3f1c2aa..9be01d7 100644",
      `--- a/src/${file}.rs`,
      `+++ b/src/${file}.rs`,
      "@@ -1,42 +1,42 @@",
      ...Array.from({ length: 20 }, (_, at) => ` fn step_${at}(input: &str) -> Option<&str> { input.get(${at}..) }`),
      `-const NAMES: &[&str] = &[${Array.from({ length: 24 }, (_, at) => `"name_${at}"`).join(", ")}];`,
      "-    let found = names.first();",
      "+    let found = names.last();",
      "+    let other = names.first();",
      ...Array.from({ length: 20 }, (_, at) => ` fn more_${at}(input: &str) -> Option<&str> { input.get(..${at}) }`),
    ].join("\n"),
  )
  .join("\n")
  .concat("\n");

/** Log lines that say the same again and again. */
export const LOG = Array.from({ length: 80 }, () => "2026-11-29 07:00:01 INFO waiting for the database").join("\n");

/** Matches of a search. */
export const FOUND = Array.from(
  { length: 40 },
  (_, at) => `server/src/gateway/attempt.rs:${at * 7 + 3}:    let attempt = plan.step(${at});`,
).join("\n");

/** JSON with a member a line. */
export const JSON_TEXT = JSON.stringify(
  Array.from({ length: 20 }, (_, at) => ({ id: at, name: `row ${at}`, tags: ["a", "b"] })),
  null,
  4,
);

const GIVEN: [tool: string, args: object, output: string][] = [
  ["Bash", { command: "cargo test" }, RUN],
  ["Bash", { command: "git diff" }, DIFF],
  ["Bash", { command: "tail -n 80 server.log" }, LOG],
  ["Grep", { pattern: "plan.step" }, FOUND],
  ["mcp__a_server_with_a_long_name__list_every_row_of_a_table", {}, JSON_TEXT],
];

/** Sends a conversation in which these tools were called, and waits until what was saved is on record. */
export async function converse(house: House, key: string, models: string[]) {
  const calls = GIVEN.map(([name, args], at) => ({
    id: `call_${at}`,
    type: "function",
    function: { name, arguments: JSON.stringify(args) },
  }));
  const results = GIVEN.map(([, , content], at) => ({ role: "tool", tool_call_id: `call_${at}`, content }));
  const before = (await house.api("GET", "/saver")).total.saving.texts;
  for (const model of models) {
    const answer = await fetch(`${house.url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify({
        model,
        messages: [
          { role: "user", content: "What is new?" },
          { role: "assistant", content: null, tool_calls: calls },
          ...results,
        ],
      }),
    });
    if (!answer.ok) throw new Error(`${model}: ${answer.status} ${await answer.text()}`);
    await answer.text();
  }
  for (let tries = 0; tries < 200; tries++) {
    const saving = (await house.api("GET", "/saver")).total.saving;
    if (saving.texts >= before + models.length * GIVEN.length) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("what was saved is not on record");
}
