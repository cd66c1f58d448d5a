// OpenAI's library, both of its formats, in front of every wire format.
import { openaiChat } from "../support/clients/openai_chat";
import { openaiResponses } from "../support/clients/openai_responses";
import { matrix } from "../support/matrix";

matrix("openai chat", openaiChat);
matrix("openai responses", openaiResponses);
