// The AI SDK in front of every wire format.
import { AI, ai } from "../support/clients/ai";
import { matrix } from "../support/matrix";

for (const name of Object.keys(AI)) matrix(name, (formats) => ai(name, formats));
