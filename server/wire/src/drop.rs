//! Removes members that a provider refuses, puts in those that it wants, and leaves every other byte.

use crate::{
    Edit,
    json::{Cursor, quote},
};
use bytes::Bytes;
use std::collections::BTreeMap;

/// Where the top-level members of a body end, in their order, and whether their names are among these. `None`: it is no
/// object.
fn ends(body: &[u8], names: &[String]) -> Option<Vec<(usize, bool)>> {
    let mut cursor = Cursor::lenient(body);
    let mut ends: Vec<(usize, bool)> = Vec::new();
    let read = cursor.object(|cursor, key| {
        cursor.skip()?;
        ends.push((cursor.at(), names.iter().any(|name| name.as_bytes() == key)));
        Ok(())
    });
    read.ok().map(|_| ends)
}

/// The edits that take members out of a body as [`drop_members`] does and put in those of `set`, with their texts, in
/// place of any of the same names.
pub fn change_members(body: &[u8], drop: &[String], set: &BTreeMap<String, String>) -> Vec<Edit> {
    let gone: Vec<String> = drop.iter().chain(set.keys()).cloned().collect();
    let mut edits = drop_members(body, &gone);
    let open = body.iter().position(|byte| *byte == b'{');
    let (Some(open), Some(ends)) = (open, ends(body, &gone)) else { return edits };
    let stays = ends.iter().any(|(_, gone)| !gone);
    let mut with = Vec::new();
    for (place, (name, text)) in set.iter().enumerate() {
        if place > 0 {
            with.push(b',');
        }
        quote(&mut with, name);
        with.push(b':');
        quote(&mut with, text);
    }
    if !with.is_empty() {
        if stays {
            with.push(b',');
        }
        edits.push(Edit { span: open + 1..open + 1, with: with.into() });
    }
    edits
}

/// The edits that take the top-level members of these names out of a body that [`crate::peek`] accepted. Commas go
/// with them, so that the rest stays valid JSON.
pub fn drop_members(body: &[u8], names: &[String]) -> Vec<Edit> {
    let open = body.iter().position(|byte| *byte == b'{');
    let (Some(open), Some(ends)) = (open, ends(body, names)) else { return Vec::new() };
    if !ends.iter().any(|(_, dropped)| *dropped) {
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

    #[test]
    fn members_are_put_in_whatever_was_there() {
        let set = BTreeMap::from([("v".to_owned(), "a\"b".to_owned()), ("w".to_owned(), "2".to_owned())]);
        for (body, left) in [
            (r#"{"model":"m","messages":[]}"#, r#"{"v":"a\"b","w":"2","messages":[]}"#),
            (r#"{"messages":[], "model" : "m" }"#, r#"{"v":"a\"b","w":"2","messages":[] }"#),
            (r#"{"w":1,"model":"m","messages":[],"v":{}}"#, r#"{"v":"a\"b","w":"2","messages":[]}"#),
            (r#"{"model":"m"}"#, r#"{"v":"a\"b","w":"2"}"#),
            ("{}", r#"{"v":"a\"b","w":"2"}"#),
        ] {
            let edits = change_members(body.as_bytes(), &["model".to_owned()], &set);
            let bytes = splice(&Bytes::copy_from_slice(body.as_bytes()), edits).unwrap();
            assert_eq!(bytes, left, "{body}");
        }
        assert!(change_members(b"[]", &[], &set).is_empty(), "no object has members");
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
