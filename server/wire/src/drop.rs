//! Removes members that a provider refuses, and leaves every other byte.

use crate::{Edit, json::Cursor};
use bytes::Bytes;

/// The edits that take the top-level members of these names out of a body that [`crate::peek`] accepted. Commas go
/// with them, so that the rest stays valid JSON.
pub fn drop_members(body: &[u8], names: &[String]) -> Vec<Edit> {
    let mut cursor = Cursor::lenient(body);
    let mut ends: Vec<(usize, bool)> = Vec::new();
    let read = cursor.object(|cursor, key| {
        cursor.skip()?;
        ends.push((cursor.at(), names.iter().any(|name| name.as_bytes() == key)));
        Ok(())
    });
    let Some(open) = body.iter().position(|byte| *byte == b'{') else { return Vec::new() };
    if read.is_err() || !ends.iter().any(|(_, dropped)| *dropped) {
        return Vec::new();
    }
    let edit = |start: usize, end: usize| Edit { span: start..end, with: Bytes::new() };
    let mut edits = Vec::new();
    // Members dropped at the very front take the comma behind them along, all others the one before them.
    let leading = ends.iter().take_while(|(_, dropped)| *dropped).count();
    let mut before = open + 1;
    if let Some((end, _)) = leading.checked_sub(1).and_then(|last| ends.get(last)) {
        let comma = body.iter().skip(*end).take_while(|byte| byte.is_ascii_whitespace()).count();
        let more = leading < ends.len();
        edits.push(edit(before, if more { end + comma + 1 } else { *end }));
        before = *end;
    }
    for (end, dropped) in ends.into_iter().skip(leading) {
        if dropped {
            edits.push(edit(before, end));
        }
        before = end;
    }
    edits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Dialect, peek, splice};
    use proptest::prelude::*;

    fn without(body: &str, names: &[&str]) -> String {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let edits = drop_members(body.as_bytes(), &names);
        let bytes = splice(&Bytes::copy_from_slice(body.as_bytes()), edits).unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[test]
    fn members_go_with_one_comma_each_wherever_they_stand() {
        for (body, names, left) in [
            (r#"{"a":1,"b":2,"c":3}"#, vec!["b"], r#"{"a":1,"c":3}"#),
            (r#"{"a":1,"b":2,"c":3}"#, vec!["c"], r#"{"a":1,"b":2}"#),
            (r#"{ "a" : 1 , "b" : 2 }"#, vec!["a"], r#"{ "b" : 2 }"#),
            (r#"{"a":1,"b":2,"c":3}"#, vec!["a", "b"], r#"{"c":3}"#),
            (r#"{"a":1,"b":2}"#, vec!["a", "b"], "{}"),
            (r#"{"a":{"b":1},"c":[]}"#, vec!["b"], r#"{"a":{"b":1},"c":[]}"#),
            ("{}", vec!["a"], "{}"),
        ] {
            assert_eq!(without(body, &names), left, "{body} without {names:?}");
        }
    }

    #[test]
    fn a_drop_goes_together_with_the_usage_edit_beside_it() {
        let body = Bytes::from_static(br#"{"model":"m","stream":true,"store":true,"messages":[]}"#);
        let mut edits = drop_members(&body, &["store".to_owned()]);
        edits.extend(peek(Dialect::Chat, &body).unwrap().usage_edit());
        let sent = splice(&body, edits).unwrap();
        let value: serde_json::Value = serde_json::from_slice(&sent).unwrap();
        assert_eq!(value["stream_options"]["include_usage"], true);
        assert!(value.get("store").is_none());
    }

    proptest! {
        #[test]
        fn what_is_left_is_the_document_without_the_members(
            members in proptest::collection::btree_map("[a-e]", any::<i32>(), 0..5),
            names in proptest::collection::vec("[a-e]", 0..4),
        ) {
            let body = serde_json::to_string_pretty(&members).unwrap();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let left: serde_json::Value = serde_json::from_str(&without(&body, &names)).unwrap();
            let kept = members.iter().filter(|(name, _)| !names.contains(&name.as_str()));
            let expected: serde_json::Map<String, serde_json::Value> =
                kept.map(|(name, value)| (name.clone(), (*value).into())).collect();
            prop_assert_eq!(left, serde_json::Value::Object(expected));
        }
    }
}
