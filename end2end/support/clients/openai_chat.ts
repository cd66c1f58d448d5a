// OpenAI's library, chat completions.
import OpenAI from "openai";
import { type Client, type Formats, PICTURE, RESULTS, SCHEMA, type Said, TOOLS, failed } from "../formats";

type Messages = OpenAI.ChatCompletionMessageParam[];
/** Not OpenAI's own: DeepSeek's, which its library hands on. */
type Thinking = { reasoning_content?: string };

const HELLO: Messages = [
  { role: "system", content: "Be brief." },
  { role: "user", content: "Say hello: ä 東 🚀" },
];

export function openaiChat({ url, key }: Formats): Client {
  const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 });

  async function ask(
    stream: boolean,
    body: Omit<OpenAI.ChatCompletionCreateParamsNonStreaming, "stream">,
  ): Promise<OpenAI.ChatCompletion> {
    if (!stream) return openai.chat.completions.create(body);
    const runner = openai.chat.completions.stream({ ...body, stream_options: { include_usage: true } });
    let thought = "";
    runner.on("chunk", (chunk) => (thought += (chunk.choices[0]?.delta as Thinking)?.reasoning_content ?? ""));
    const answer = await runner.finalChatCompletion();
    const { parsed: _, ...message } = answer.choices[0].message;
    // The library keeps the last piece only of members that are not OpenAI's, and adds one that OpenAI refuses.
    return { ...answer, choices: [{ ...answer.choices[0], message: { ...message, reasoning_content: thought } }] };
  }

  function read(answer: OpenAI.ChatCompletion): Said {
    const { message, finish_reason: stop } = answer.choices[0];
    const calls = (message.tool_calls ?? []).map((call) => {
      if (call.type !== "function") throw new Error(`a call of type ${call.type}`);
      return { name: call.function.name, input: JSON.parse(call.function.arguments) };
    });
    const usage = answer.usage!;
    return {
      text: message.content ?? "",
      thought: (message as Thinking).reasoning_content ?? "",
      calls,
      stop,
      usage: {
        prompt: usage.prompt_tokens,
        cached: usage.prompt_tokens_details?.cached_tokens ?? 0,
        output: usage.completion_tokens,
      },
    };
  }

  return {
    name: "openai chat",
    stops: { whole: "stop", calls: "tool_calls" },
    thinks: true,
    plain: async (model, stream) => read(await ask(stream, { model, messages: HELLO })),
    async tools(model, stream) {
      const tools = Object.entries(TOOLS).map(([name, parameters]) => ({
        type: "function" as const,
        function: { name, description: `Does ${name}.`, parameters: parameters as Record<string, unknown> },
      }));
      const first = await ask(stream, { model, messages: HELLO, tools });
      const { message } = first.choices[0];
      const results: Messages = (message.tool_calls ?? []).map((call) => ({
        role: "tool",
        tool_call_id: call.id,
        content: RESULTS[call.type === "function" ? call.function.name : ""],
      }));
      const second = await ask(stream, { model, messages: [...HELLO, message, ...results], tools });
      return [read(first), read(second)];
    },
    async image(model) {
      const url = `data:image/png;base64,${PICTURE}`;
      const content = [
        { type: "text" as const, text: "What is it?" },
        { type: "image_url" as const, image_url: { url } },
      ];
      return read(await ask(false, { model, messages: [{ role: "user", content }] })).text;
    },
    async reasoning(model, stream) {
      const effort = { model, reasoning_effort: "medium" as const };
      const first = await ask(stream, { ...effort, messages: HELLO });
      const messages: Messages = [...HELLO, first.choices[0].message, { role: "user", content: "Go on." }];
      return [read(first), read(await ask(stream, { ...effort, messages }))];
    },
    async structured(model) {
      const schema = { name: "weather", strict: true, schema: SCHEMA as unknown as Record<string, unknown> };
      const format = { type: "json_schema" as const, json_schema: schema };
      const answer = await openai.chat.completions.parse({ model, messages: HELLO, response_format: format });
      return answer.choices[0].message.parsed;
    },
    async failure(model, stream) {
      const { status, message } = await failed(() => ask(stream, { model, messages: HELLO }));
      return { status, message };
    },
  };
}
