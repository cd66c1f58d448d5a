// One client library in front of every wire format, with all that a coding tool asks for.
import { CALLS, COUNTS, type Client, DIALECTS, type Dialect, type Formats, RESULTS, STRUCTURED, type Said, THOUGHT, expect, test } from "./formats";
import { WORDS } from "./provider";

function counted(dialect: Dialect, said: Said) {
  const { prompt, cached, output } = COUNTS[dialect];
  expect(said.usage.prompt, "tokens of the prompt").toBe(prompt);
  expect(said.usage.output, "tokens of the answer").toBe(output);
  expect(said.usage.cached, "cached tokens").toBe(cached);
}

/** `make` gives the library set up for Ninerouter. */
export function matrix(name: string, make: (formats: Formats) => Client) {
  for (const dialect of DIALECTS) {
    const title = (what: string) => `${name} in front of ${dialect}: ${what}`;

    for (const stream of [false, true]) {
      const how = stream ? "as a stream" : "whole";

      test(title(`words, ${how}`), async ({ formats }) => {
        const client = make(formats);
        const said = await client.plain(`to-${dialect}/plain`, stream);
        expect(said.text).toBe(WORDS);
        expect(said.stop).toBe(client.stops.whole);
        counted(dialect, said);
      });

      test(title(`two calls at once and their results, ${how}`), async ({ formats }) => {
        const client = make(formats);
        const [called, answered] = await client.tools(`to-${dialect}/tools`, stream);
        // Some libraries write JSON anew, which takes the sign from nothing.
        expect(JSON.parse(JSON.stringify(called.calls))).toEqual(CALLS);
        expect(called.stop).toBe(client.stops.calls);
        expect(called.thought).toBe(client.thinks ? THOUGHT : "");
        expect(answered.text).toContain(RESULTS.read_file);
        expect(answered.text).toContain(RESULTS.search);
        expect(answered.text).not.toContain("I called");
        expect(answered.text.indexOf("read_file said")).toBeLessThan(answered.text.indexOf("search said"));
        expect(answered.stop).toBe(client.stops.whole);
      });

      test(title(`a thought that is sent back, ${how}`), async ({ formats }) => {
        const client = make(formats);
        const [first, second] = await client.reasoning(`to-${dialect}/reasoning`, stream);
        expect(first.thought).toBe(client.thinks ? THOUGHT : "");
        expect(first.text).toBe(WORDS);
        expect(second.text).toContain("I thought");
      });

      test(title(`errors, ${how}`), async ({ formats }) => {
        const client = make(formats);
        const refused = await client.failure(`to-${dialect}/error-400`, stream);
        expect(refused.status).toBe(400);
        expect(refused.message).toMatch(/role|Input should be|Invalid value/);
        const unknown = await client.failure("nobody/knows-it", stream);
        expect(unknown.status).toBe(404);
        expect(unknown.message).toContain("nobody/knows-it");
        if (stream) {
          const broken = await client.failure(`to-${dialect}/truncated`, true);
          expect(broken.message).toContain("broke off");
        }
      });
    }

    test(title("a picture"), async ({ formats }) => {
      const kind = dialect === "ollama" ? "an image" : "image/png";
      expect(await make(formats).image(`to-${dialect}/image`)).toBe(`I see: ${kind}, 70 bytes`);
    });

    test(title("JSON of a schema"), async ({ formats }) => {
      expect(await make(formats).structured(`to-${dialect}/structured`)).toEqual(STRUCTURED);
    });
  }
}
