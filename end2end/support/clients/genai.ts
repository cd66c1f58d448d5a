// Google's library.
import { type Content, type GenerateContentConfig, type GenerateContentResponse, GoogleGenAI, type Part } from "@google/genai";
import { type Client, type Formats, PICTURE, RESULTS, SCHEMA, type Said, TOOLS, failed } from "../formats";

const HELLO = "Say hello: ä 東 🚀";

/** An answer, and the parts it has, as they go back into the conversation. */
interface Answer {
  parts: Part[];
  last: GenerateContentResponse;
}

export function genai({ url, key }: Formats): Client {
  const google = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: url } });

  async function ask(model: string, contents: Content[], stream: boolean, more: GenerateContentConfig = {}): Promise<Answer> {
    const config: GenerateContentConfig = { systemInstruction: "Be brief.", ...more };
    if (!stream) {
      const last = await google.models.generateContent({ model, contents, config });
      return { parts: last.candidates![0].content!.parts!, last };
    }
    const parts: Part[] = [];
    let last: GenerateContentResponse | undefined;
    for await (const chunk of await google.models.generateContentStream({ model, contents, config })) {
      parts.push(...(chunk.candidates?.[0].content?.parts ?? []));
      last = chunk;
    }
    return { parts, last: last! };
  }

  function read({ parts, last }: Answer): Said {
    const words = (thought: boolean) => parts.filter((part) => !!part.thought === thought).map((part) => part.text ?? "");
    const usage = last.usageMetadata!;
    return {
      text: words(false).join(""),
      thought: words(true).join(""),
      calls: parts.flatMap(({ functionCall: call }) => (call ? [{ name: call.name!, input: call.args }] : [])),
      stop: last.candidates![0].finishReason!,
      usage: {
        prompt: usage.promptTokenCount ?? 0,
        cached: usage.cachedContentTokenCount ?? 0,
        output: (usage.candidatesTokenCount ?? 0) + (usage.thoughtsTokenCount ?? 0),
      },
    };
  }

  const hello: Content[] = [{ role: "user", parts: [{ text: HELLO }] }];
  const thinkingConfig = { includeThoughts: true, thinkingBudget: 4096 };

  return {
    name: "google-genai",
    stops: { whole: "STOP", calls: "STOP" },
    thinks: true,
    plain: async (model, stream) => read(await ask(model, hello, stream)),
    async tools(model, stream) {
      const functionDeclarations = Object.entries(TOOLS).map(([name, parametersJsonSchema]) => ({
        name,
        description: `Does ${name}.`,
        parametersJsonSchema,
      }));
      const config = { tools: [{ functionDeclarations }], thinkingConfig };
      const first = await ask(model, hello, stream, config);
      const results: Part[] = first.parts.flatMap(({ functionCall: call }) =>
        call ? [{ functionResponse: { id: call.id, name: call.name, response: { output: RESULTS[call.name!] } } }] : [],
      );
      const contents: Content[] = [...hello, { role: "model", parts: first.parts }, { role: "user", parts: results }];
      return [read(first), read(await ask(model, contents, stream, config))];
    },
    async image(model) {
      const parts = [{ text: "What is it?" }, { inlineData: { mimeType: "image/png", data: PICTURE } }];
      return read(await ask(model, [{ role: "user", parts }], false)).text;
    },
    async reasoning(model, stream) {
      const first = await ask(model, hello, stream, { thinkingConfig });
      const contents: Content[] = [...hello, { role: "model", parts: first.parts }, { role: "user", parts: [{ text: "Go on." }] }];
      return [read(first), read(await ask(model, contents, stream, { thinkingConfig }))];
    },
    async structured(model) {
      const config = { responseMimeType: "application/json", responseJsonSchema: SCHEMA };
      return JSON.parse(read(await ask(model, hello, false, config)).text);
    },
    async failure(model, stream) {
      const { status, message } = await failed(() => ask(model, hello, stream));
      return { status, message };
    },
  };
}
