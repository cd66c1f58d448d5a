// OpenAI's library, Responses.
import OpenAI from "openai";
import { type Client, type Formats, PICTURE, RESULTS, SCHEMA, type Said, TOOLS, failed } from "../formats";

type Input = OpenAI.Responses.ResponseInput;
type Body = Omit<OpenAI.Responses.ResponseCreateParamsNonStreaming, "stream">;

const HELLO: Input = [{ role: "user", content: "Say hello: ä 東 🚀" }];

export function openaiResponses({ url, key }: Formats): Client {
  const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 });

  async function ask(stream: boolean, more: Body) {
    const body: Body = { instructions: "Be brief.", store: false, ...more };
    if (!stream) return openai.responses.create(body);
    return openai.responses.stream(body).finalResponse();
  }

  function read(answer: OpenAI.Responses.Response): Said {
    const calls = answer.output.flatMap((item) =>
      item.type === "function_call" ? [{ name: item.name, input: JSON.parse(item.arguments) }] : [],
    );
    // The library puts it together for whole answers only.
    const text = answer.output.flatMap((item) => (item.type === "message" ? item.content : []));
    const thoughts = answer.output.flatMap((item) => (item.type === "reasoning" ? item.summary : []));
    const usage = answer.usage!;
    return {
      text: text.map((part) => (part.type === "output_text" ? part.text : "")).join(""),
      thought: thoughts.map((part) => part.text).join(""),
      calls,
      stop: answer.status ?? "",
      usage: {
        prompt: usage.input_tokens,
        cached: usage.input_tokens_details.cached_tokens,
        output: usage.output_tokens,
      },
    };
  }

  const thinking = {
    reasoning: { effort: "medium" as const, summary: "auto" as const },
    include: ["reasoning.encrypted_content" as const],
  };

  return {
    name: "openai responses",
    stops: { whole: "completed", calls: "completed" },
    thinks: true,
    plain: async (model, stream) => read(await ask(stream, { model, input: HELLO })),
    async tools(model, stream) {
      const tools = Object.entries(TOOLS).map(([name, parameters]) => ({
        type: "function" as const,
        name,
        description: `Does ${name}.`,
        parameters: parameters as Record<string, unknown>,
        strict: false,
      }));
      const first = await ask(stream, { model, input: HELLO, tools, ...thinking });
      const results: Input = first.output.flatMap((item) =>
        item.type === "function_call"
          ? [{ type: "function_call_output" as const, call_id: item.call_id, output: RESULTS[item.name] }]
          : [],
      );
      // What the library adds for its reader's comfort is no part of the item.
      const kept = first.output.map(({ parsed_arguments: _, ...item }: any) => item) as Input;
      const second = await ask(stream, { model, input: [...HELLO, ...kept, ...results], tools, ...thinking });
      return [read(first), read(second)];
    },
    async image(model) {
      const picture = { type: "input_image" as const, image_url: `data:image/png;base64,${PICTURE}`, detail: "auto" as const };
      const content = [{ type: "input_text" as const, text: "What is it?" }, picture];
      return read(await ask(false, { model, input: [{ role: "user", content }] })).text;
    },
    async reasoning(model, stream) {
      const first = await ask(stream, { model, input: HELLO, ...thinking });
      const kept = first.output.map((item: any) =>
        item.type === "message"
          ? { ...item, content: item.content.map(({ parsed: _, ...part }: any) => part) }
          : item,
      ) as Input;
      const input: Input = [...HELLO, ...kept, { role: "user", content: "Go on." }];
      return [read(first), read(await ask(stream, { model, input, ...thinking }))];
    },
    async structured(model) {
      const schema = SCHEMA as unknown as Record<string, unknown>;
      const format = { type: "json_schema" as const, name: "weather", strict: true, schema };
      const answer = await openai.responses.parse({ model, input: HELLO, text: { format } });
      return answer.output_parsed;
    },
    async failure(model, stream) {
      const { status, message } = await failed(() => ask(stream, { model, input: HELLO }));
      return { status, message };
    },
  };
}
