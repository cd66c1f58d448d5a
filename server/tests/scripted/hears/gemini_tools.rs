//! Google's tools and settings.

use super::place::{Checked, Place};
use super::{Told, is_name, schema};

/// Members of Google's own `Schema` (ai.google.dev/api/caching#Schema, November 2026).
const SCHEMA: [&str; 22] = [
    "type",
    "format",
    "title",
    "description",
    "nullable",
    "enum",
    "maxItems",
    "minItems",
    "properties",
    "required",
    "minProperties",
    "maxProperties",
    "minLength",
    "maxLength",
    "pattern",
    "example",
    "anyOf",
    "propertyOrdering",
    "default",
    "items",
    "minimum",
    "maximum",
];

/// Keywords of JSON Schema it documents for `parametersJsonSchema` and `responseJsonSchema`
/// (ai.google.dev/api/generate-content, November 2026), and those it turns into members of its own `Schema`.
const JSON_SCHEMA: [&str; 28] = [
    // Gemini CLI sends it (seen on the wire, November 2026).
    "$schema",
    "$id",
    "$defs",
    "$ref",
    "$anchor",
    "type",
    "format",
    "title",
    "description",
    "enum",
    "items",
    "prefixItems",
    "minItems",
    "maxItems",
    "minimum",
    "maximum",
    "anyOf",
    "oneOf",
    "properties",
    "additionalProperties",
    "required",
    "propertyOrdering",
    "minLength",
    "maxLength",
    "pattern",
    "minProperties",
    "maxProperties",
    "default",
];

const TYPES: [&str; 7] = ["STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL"];

pub(super) fn named<'v>(place: &Place<'v>) -> Checked<&'v str> {
    let name = place.text()?;
    if is_name(name, "_.:-", 64)
        && !name.starts_with(|first: char| !first.is_ascii_alphabetic() && first != '_')
    {
        return Ok(name);
    }
    let why = format!(
        "* GenerateContentRequest.{}: Invalid function name. Must start with a letter or an underscore. Must be \
         alphameric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of \
         64.\n",
        place.path
    );
    place.refuse("", &why)
}

pub(super) fn declared(root: &Place<'_>, told: &mut Told) -> Checked {
    for tool in root.get("tools").map(|tools| tools.items()).transpose()?.unwrap_or_default() {
        tool.object(&["functionDeclarations", "googleSearch", "codeExecution", "urlContext", "googleMaps"])?;
        let Some(functions) = tool.get("functionDeclarations") else { continue };
        for function in functions.items()? {
            function.object(&[
                "name",
                "description",
                "parameters",
                "parametersJsonSchema",
                "response",
                "responseJsonSchema",
                "behavior",
            ])?;
            let name = named(&function.need("name")?)?.to_owned();
            if told.tools.contains(&name) {
                return function.refuse("", &format!("Duplicate function declaration found: {name}"));
            }
            told.tools.push(name);
            if let Some(parameters) = function.get("parameters") {
                own_schema(&parameters)?;
            }
            if let Some(parameters) = function.get("parametersJsonSchema") {
                schema::of_known_words(&parameters, &JSON_SCHEMA)?;
            }
        }
    }
    let Some(config) = root.get("toolConfig") else { return Ok(()) };
    config.object(&["functionCallingConfig", "retrievalConfig"])?;
    let Some(calling) = config.get("functionCallingConfig") else { return Ok(()) };
    calling.object(&["mode", "allowedFunctionNames", "streamFunctionCallArguments"])?;
    let mode =
        calling.get("mode").map_or(Ok("AUTO"), |mode| mode.word(&["AUTO", "ANY", "NONE", "VALIDATED"]))?;
    if let Some(names) = calling.get("allowedFunctionNames") {
        if !["ANY", "VALIDATED"].contains(&mode) {
            return names
                .refuse("", "Allowed function names should only be set when function calling mode is ANY.");
        }
        for name in names.items()? {
            if !told.tools.iter().any(|tool| tool == name.value) {
                return name.refuse("", &format!("Function {} is not declared.", name.value));
            }
        }
    }
    Ok(())
}

fn own_schema(place: &Place<'_>) -> Checked {
    schema::of_known_words(place, &SCHEMA)?;
    schema::each(place, &mut |schema| {
        let kind = schema.need("type")?;
        let name = kind.text()?.to_ascii_uppercase();
        if !TYPES.contains(&name.as_str()) {
            return kind.word(&TYPES).map(drop);
        }
        let empty = schema
            .get("properties")
            .is_some_and(|list| list.value.as_object().is_some_and(|all| all.is_empty()));
        if name == "OBJECT" && empty {
            let why = format!(
                "* GenerateContentRequest.{}.properties: should be non-empty for OBJECT type\n",
                schema.path
            );
            return schema.refuse("", &why);
        }
        Ok(())
    })
}

pub(super) fn settings(root: &Place<'_>, told: &mut Told) -> Checked {
    let Some(config) = root.get("generationConfig") else { return Ok(()) };
    config.object(&[
        "temperature",
        "topP",
        "topK",
        "candidateCount",
        "maxOutputTokens",
        "stopSequences",
        "seed",
        "presencePenalty",
        "frequencyPenalty",
        "responseMimeType",
        "responseSchema",
        "responseJsonSchema",
        "thinkingConfig",
        "responseModalities",
        "speechConfig",
        "mediaResolution",
        "responseLogprobs",
        "logprobs",
        "imageConfig",
    ])?;
    config.get("temperature").map(|place| place.number(0.0, 2.0)).transpose()?;
    config.get("topP").map(|place| place.number(0.0, 1.0)).transpose()?;
    config.get("topK").map(|place| place.number(0.0, 1000.0)).transpose()?;
    config.get("maxOutputTokens").map(|place| place.whole(1)).transpose()?;
    if let Some(stops) = config.get("stopSequences")
        && stops.items()?.len() > 5
    {
        return stops.refuse("", "The number of stop sequences must be at most 5.");
    }
    if let Some(seed) = config.get("seed")
        && i32::try_from(seed.whole(i64::MIN)?).is_err()
    {
        let why = format!("Invalid value at 'generation_config.seed' (TYPE_INT32), {}", seed.value);
        return seed.refuse("", &why);
    }
    if let Some(thinking) = config.get("thinkingConfig") {
        thinking.object(&["thinkingBudget", "thinkingLevel", "includeThoughts"])?;
        if thinking.get("thinkingBudget").is_some() && thinking.get("thinkingLevel").is_some() {
            return thinking.refuse("", "You can only set only one of thinking budget and thinking level.");
        }
        if let Some(level) = thinking.get("thinkingLevel") {
            level.word(&["MINIMAL", "LOW", "MEDIUM", "HIGH", "minimal", "low", "medium", "high"])?;
        }
    }
    let json = config.get("responseMimeType").is_some_and(|mime| mime.value == "application/json");
    for name in ["responseSchema", "responseJsonSchema"] {
        let Some(schema) = config.get(name) else { continue };
        if !json {
            let why = "Response schema is only supported with response mime type \"application/json\".";
            return schema.refuse("", why);
        }
        if name == "responseSchema" {
            own_schema(&schema)?;
        } else {
            schema::of_known_words(&schema, &JSON_SCHEMA)?;
        }
        told.schema = Some(schema.value.clone());
    }
    Ok(())
}
