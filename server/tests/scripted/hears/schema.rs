//! JSON Schemas, as far as vendors are particular about them.

use super::place::{Checked, Place};
use serde_json::Value;

/// Visits every schema inside of one, itself first.
pub(super) fn each<'v>(place: &Place<'v>, visit: &mut impl FnMut(&Place<'v>) -> Checked) -> Checked {
    if place.value.is_boolean() {
        return Ok(());
    }
    visit(place)?;
    for holder in ["properties", "$defs", "definitions"] {
        if let Some(holder) = place.get(holder) {
            holder.object(&[])?;
            for name in holder.value.as_object().into_iter().flat_map(|members| members.keys()) {
                each(&holder.need(name)?, visit)?;
            }
        }
    }
    for list in ["anyOf", "oneOf", "allOf", "prefixItems"] {
        if let Some(list) = place.get(list) {
            for item in list.items()? {
                each(&item, visit)?;
            }
        }
    }
    for one in ["items", "additionalProperties"] {
        if let Some(one) = place.get(one).filter(|one| one.value.is_object()) {
            each(&one, visit)?;
        }
    }
    Ok(())
}

/// Whether a schema is one of an object.
fn is_object(schema: &Value) -> bool {
    schema["type"] == "object" || schema.get("properties").is_some()
}

/// OpenAI's strict schemas: every object closed, every property required.
pub(super) fn strict(place: &Place<'_>, whose: &str) -> Checked {
    each(place, &mut |schema| {
        if !is_object(schema.value) {
            return Ok(());
        }
        if schema.value["additionalProperties"] != false {
            let why = format!(
                "Invalid schema for {whose}: In context=(), 'additionalProperties' is required to be supplied and \
                 to be false."
            );
            return schema.refuse("invalid_function_parameters", &why);
        }
        let required: Vec<&str> =
            schema.value["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let names = schema.value["properties"].as_object().into_iter().flat_map(|members| members.keys());
        for name in names {
            if !required.contains(&name.as_str()) {
                let why = format!(
                    "Invalid schema for {whose}: In context=(), 'required' is required to be supplied and to be an \
                     array including every key in properties. Missing '{name}'."
                );
                return schema.refuse("invalid_function_parameters", &why);
            }
        }
        Ok(())
    })
}

/// OpenAI's parameters of a function.
pub(super) fn parameters(place: &Place<'_>, name: &str, is_strict: bool) -> Checked {
    place.object(&[])?;
    if place.value["type"] != "object" {
        let why = format!(
            "Invalid schema for function '{name}': schema must be a JSON Schema of 'type: \"object\"', got 'type: {}'.",
            place.value["type"]
        );
        return place.refuse("invalid_function_parameters", &why);
    }
    if is_strict { strict(place, &format!("function '{name}'")) } else { Ok(()) }
}

/// Anthropic's schemas of an answer: objects closed, no limits (docs.claude.com, structured outputs).
pub(super) fn of_an_answer(place: &Place<'_>) -> Checked {
    const NOT_TAKEN: [&str; 9] = [
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minLength",
        "maxLength",
        "maxItems",
        "uniqueItems",
    ];
    each(place, &mut |schema| {
        if is_object(schema.value) && schema.value["additionalProperties"] != false {
            return schema
                .refuse("", "For 'object' type, 'additionalProperties' must be explicitly set to false");
        }
        match NOT_TAKEN.iter().find(|keyword| schema.value.get(**keyword).is_some()) {
            Some(keyword) => schema.refuse("", &format!("property '{keyword}' is not supported")),
            None => Ok(()),
        }
    })
}

/// Google's: only known keywords.
pub(super) fn of_known_words(place: &Place<'_>, known: &[&str]) -> Checked {
    each(place, &mut |schema| {
        schema.object(known)?;
        let properties = schema.value["properties"].as_object();
        for name in schema.value["required"].as_array().into_iter().flatten() {
            let name = name.as_str().unwrap_or_default();
            if properties.is_none_or(|properties| !properties.contains_key(name)) {
                let why = format!(
                    "* GenerateContentRequest.{}.required[0]: property is not defined\n",
                    schema.path
                );
                return schema.refuse("", &why);
            }
        }
        Ok(())
    })
}
