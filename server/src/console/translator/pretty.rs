//! JSON to look at: a member a line. Order, numbers and escapes stay as they were written.

/// JSON with a member a line; what is no JSON comes out as it went in or close to it, never worse.
pub(in crate::console) fn pretty(json: &[u8]) -> String {
    let json = String::from_utf8_lossy(json);
    let mut out = String::with_capacity(json.len() * 2);
    let (mut depth, mut within, mut escaped) = (0_usize, false, false);
    let mut letters = json.chars().peekable();
    while let Some(letter) = letters.next() {
        if within {
            out.push(letter);
            within = escaped || letter != '"';
            escaped = letter == '\\' && !escaped;
            continue;
        }
        match letter {
            '{' | '[' => {
                out.push(letter);
                while letters.next_if(char::is_ascii_whitespace).is_some() {}
                match letters.next_if(|next| matches!(next, '}' | ']')) {
                    Some(close) => out.push(close),
                    None => {
                        depth += 1;
                        line(&mut out, depth);
                    }
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(letter);
            }
            ',' => {
                out.push(letter);
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            letter if letter.is_ascii_whitespace() => {}
            letter => {
                within = letter == '"';
                out.push(letter);
            }
        }
    }
    out
}

/// The wire formats nest at most this deep; deeper lines are not indented any further.
const DEEPEST: usize = 128;

fn line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth.min(DEEPEST)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_numbers_and_escapes_stay() {
        let json = r#"{"b":1.50,"a":[ ],"c":{"x":"a,\"{\\","y":[1,{"z":null}]}}"#;
        let lines = [
            "{",
            "  \"b\": 1.50,",
            "  \"a\": [],",
            "  \"c\": {",
            r#"    "x": "a,\"{\\","#,
            "    \"y\": [",
            "      1,",
            "      {",
            "        \"z\": null",
            "      }",
            "    ]",
            "  }",
            "}",
        ];
        assert_eq!(pretty(json.as_bytes()), lines.join("\n"));
        assert_eq!(pretty(pretty(json.as_bytes()).as_bytes()), lines.join("\n"));
    }
}
