// Google's library in front of every wire format.
import { genai } from "../support/clients/genai";
import { matrix } from "../support/matrix";

matrix("google-genai", genai);
