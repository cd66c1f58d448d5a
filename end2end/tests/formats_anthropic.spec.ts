// Anthropic's library in front of every wire format.
import { anthropicMessages } from "../support/clients/anthropic";
import { matrix } from "../support/matrix";

matrix("anthropic", anthropicMessages);
