// Anthropic's library.
import Anthropic from "@anthropic-ai/sdk";
import { type Client, type Formats, PICTURE, RESULTS, SCHEMA, type Said, TOOLS, failed } from "../formats";

type Messages = Anthropic.MessageParam[];
type Body = Omit<Anthropic.MessageCreateParamsNonStreaming, "stream" | "max_tokens">;

const HELLO: Messages = [{ role: "user", content: "Say hello: ä 東 🚀" }];

export function anthropicMessages({ url, key }: Formats): Client {
  const anthropic = new Anthropic({ baseURL: url, apiKey: key, authToken: null, maxRetries: 0 });

  async function ask(stream: boolean, more: Body): Promise<Anthropic.Message> {
    const body = { system: "Be brief.", max_tokens: 16_000, ...more };
    if (!stream) return anthropic.messages.create(body);
    return anthropic.messages.stream(body).finalMessage();
  }

  function read(answer: Anthropic.Message): Said {
    const said: Said = {
      text: "",
      thought: "",
      calls: [],
      stop: answer.stop_reason ?? "",
      usage: {
        prompt:
          answer.usage.input_tokens +
          (answer.usage.cache_read_input_tokens ?? 0) +
          (answer.usage.cache_creation_input_tokens ?? 0),
        cached: answer.usage.cache_read_input_tokens ?? 0,
        output: answer.usage.output_tokens,
      },
    };
    for (const block of answer.content) {
      if (block.type === "text") said.text += block.text;
      if (block.type === "thinking") said.thought += block.thinking;
      if (block.type === "tool_use") said.calls.push({ name: block.name, input: block.input });
    }
    return said;
  }

  const thinking = { type: "enabled" as const, budget_tokens: 8192 };

  return {
    name: "anthropic",
    stops: { whole: "end_turn", calls: "tool_use" },
    thinks: true,
    plain: async (model, stream) => read(await ask(stream, { model, messages: HELLO })),
    async tools(model, stream) {
      const tools = Object.entries(TOOLS).map(([name, schema]) => ({
        name,
        description: `Does ${name}.`,
        input_schema: schema as unknown as Anthropic.Tool.InputSchema,
      }));
      const first = await ask(stream, { model, messages: HELLO, tools, thinking });
      const results = first.content.flatMap((block) =>
        block.type === "tool_use"
          ? [{ type: "tool_result" as const, tool_use_id: block.id, content: RESULTS[block.name] }]
          : [],
      );
      const messages: Messages = [
        ...HELLO,
        { role: "assistant", content: first.content },
        { role: "user", content: results },
      ];
      return [read(first), read(await ask(stream, { model, messages, tools, thinking }))];
    },
    async image(model) {
      const source = { type: "base64" as const, media_type: "image/png" as const, data: PICTURE };
      const content = [
        { type: "image" as const, source },
        { type: "text" as const, text: "What is it?" },
      ];
      return read(await ask(false, { model, messages: [{ role: "user", content }] })).text;
    },
    async reasoning(model, stream) {
      const first = await ask(stream, { model, messages: HELLO, thinking });
      const messages: Messages = [
        ...HELLO,
        { role: "assistant", content: first.content },
        { role: "user", content: "Go on." },
      ];
      return [read(first), read(await ask(stream, { model, messages, thinking }))];
    },
    async structured(model) {
      const format = { type: "json_schema" as const, schema: SCHEMA as unknown as Record<string, unknown> };
      return JSON.parse(read(await ask(false, { model, messages: HELLO, output_config: { format } })).text);
    },
    async failure(model, stream) {
      const { status, message } = await failed(() => ask(stream, { model, messages: HELLO }));
      return { status, message };
    },
  };
}
