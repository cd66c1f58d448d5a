// The AI SDK, with the provider packages that tools put in front of a router.
import {
  APICallError,
  type LanguageModel,
  type ModelMessage,
  Output,
  type StepResult,
  type ToolSet,
  generateText,
  jsonSchema,
  stepCountIs,
  streamText,
  tool,
} from "ai";
import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { type Client, type Formats, PICTURE, RESULTS, SCHEMA, type Said, TOOLS, failed } from "../formats";

type ProviderOptions = Parameters<typeof generateText>[0]["providerOptions"];

const HELLO: ModelMessage[] = [{ role: "user", content: "Say hello: ä 東 🚀" }];

/** The packages, each with how it is asked to reason. */
export const AI: Record<string, (formats: Formats) => [(model: string) => LanguageModel, ProviderOptions]> = {
  "ai, openai chat": ({ url, key }) => [
    (model) => createOpenAI({ baseURL: `${url}/v1`, apiKey: key }).chat(model),
    { openai: { reasoningEffort: "medium" } },
  ],
  "ai, openai responses": ({ url, key }) => [
    (model) => createOpenAI({ baseURL: `${url}/v1`, apiKey: key }).responses(model),
    {
      openai: {
        forceReasoning: true,
        reasoningEffort: "medium",
        reasoningSummary: "auto",
        store: false,
        include: ["reasoning.encrypted_content"],
      },
    },
  ],
  "ai, openai-compatible": ({ url, key }) => [
    (model) => createOpenAICompatible({ name: "router", baseURL: `${url}/v1`, apiKey: key, includeUsage: true, supportsStructuredOutputs: true })(model),
    { router: { reasoningEffort: "medium" } },
  ],
  "ai, anthropic": ({ url, key }) => [
    (model) => createAnthropic({ baseURL: `${url}/v1`, apiKey: key })(model),
    // Of a model it does not know it would ask for JSON with a tool.
    { anthropic: { thinking: { type: "enabled", budgetTokens: 2048 }, structuredOutputMode: "outputFormat" } },
  ],
  "ai, google": ({ url, key }) => [
    (model) => createGoogleGenerativeAI({ baseURL: `${url}/v1beta`, apiKey: key })(model),
    { google: { thinkingConfig: { includeThoughts: true, thinkingBudget: 2048 } } },
  ],
};

export function ai(name: string, formats: Formats): Client {
  const [model, thinking] = AI[name](formats);

  async function ask(stream: boolean, id: string, more: Partial<Parameters<typeof generateText>[0]> = {}) {
    const call = { model: model(id), system: "Be brief.", messages: HELLO, maxRetries: 0, maxOutputTokens: 8000, ...more };
    if (!stream) {
      const { steps, response } = await generateText(call as Parameters<typeof generateText>[0]);
      return { steps, messages: response.messages };
    }
    let error: unknown;
    const result = streamText({ ...call, onError: (event: { error: unknown }) => void (error = event.error) } as Parameters<typeof streamText>[0]);
    await result.consumeStream();
    if (error) throw error;
    return { steps: await result.steps, messages: (await result.response).messages };
  }

  function read(step: StepResult<ToolSet>): Said {
    return {
      text: step.text,
      thought: step.reasoningText ?? "",
      calls: step.toolCalls.map((call) => ({ name: call.toolName, input: call.input })),
      stop: step.finishReason,
      usage: {
        prompt: step.usage.inputTokens ?? 0,
        cached: step.usage.cachedInputTokens ?? 0,
        output: step.usage.outputTokens ?? 0,
      },
    };
  }

  return {
    name,
    stops: { whole: "stop", calls: "tool-calls" },
    // OpenAI's own chat has no thoughts, so its package reads none.
    thinks: name !== "ai, openai chat",
    async plain(id, stream) {
      return read((await ask(stream, id)).steps[0]);
    },
    async tools(id, stream) {
      const tools: ToolSet = {};
      for (const [name, schema] of Object.entries(TOOLS)) {
        const inputSchema = jsonSchema(schema as Parameters<typeof jsonSchema>[0]);
        tools[name] = tool({ description: `Does ${name}.`, inputSchema, execute: async () => RESULTS[name] });
      }
      const { steps } = await ask(stream, id, { tools, stopWhen: stepCountIs(2), providerOptions: thinking });
      return [read(steps[0]), read(steps[1])];
    },
    async image(id) {
      const content = [
        { type: "text" as const, text: "What is it?" },
        { type: "image" as const, image: PICTURE, mediaType: "image/png" },
      ];
      return read((await ask(false, id, { messages: [{ role: "user", content }] })).steps[0]).text;
    },
    async reasoning(id, stream) {
      const first = await ask(stream, id, { providerOptions: thinking });
      const messages: ModelMessage[] = [...HELLO, ...first.messages, { role: "user", content: "Go on." }];
      const second = await ask(stream, id, { messages, providerOptions: thinking });
      return [read(first.steps[0]), read(second.steps[0])];
    },
    async structured(id) {
      const schema = jsonSchema(SCHEMA as Parameters<typeof jsonSchema>[0]);
      const { steps, output } = await generateText({
        model: model(id),
        messages: HELLO,
        output: Output.object({ schema }),
        maxRetries: 0,
        providerOptions: thinking,
      });
      if (steps.length !== 1) throw new Error(`${steps.length} steps`);
      return output;
    },
    async failure(id, stream) {
      const error = await failed(() => ask(stream, id));
      const status = APICallError.isInstance(error) ? error.statusCode : undefined;
      return { status, message: error?.message ?? JSON.stringify(error) };
    },
  };
}
