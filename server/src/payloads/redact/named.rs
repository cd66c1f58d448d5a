//! What is known for a secret by the name in front of it: variables, settings, headers, flags, tags and members.

use super::secrets::{Found, MARK};
use super::values::{
    Ends, LOOK, WORDS, is_base64, is_call, is_code, is_cookie, is_header, is_place, is_prose, is_random,
    is_word, line_end, look, quoted_end, stands, without_end,
};
use regex::{Captures, Regex};
use std::sync::LazyLock;

/// What the members and variables are called that hold secrets. A name may begin with anything, as in `OPENAI_API_KEY`.
const NAMES: &str = "(?:api|access|secret|private|account)[_-]?keys?|secret[_-]?access[_-]?key|client[_-]?secret|\
                     (?:auth|access|refresh|id|api|session)[_-]?token|\
                     password|passwd|passphrase|pwd|secret|authorization|credentials?";

/// Names that hold other things as well, so that what they hold is looked at, too: `github_token`, `botToken`, `DB_PASS`;
/// `auth` as docker and npm write it; cookies.
const LOOSE: &str = r#"[a-z0-9][_-](?:token|pass)|(?-i:[a-z0-9]Token)|--token|["'`_]auth|\b(?:set-)?cookie"#;

/// What may stand between `Authorization:` and the credential.
const SCHEMES: &str =
    "bearer|basic|token|bot|key|api-?key|digest|negotiate|oauth|hawk|dpop|ssws|sharedkey|aws4-hmac-sha256";

/// A name, perhaps quoted, and all up to its value, which may be quoted; quotes may be escaped however often. Only what
/// is in front of a value: where that turns out to be none, it is read again for names of its own.
static HEAD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let scheme = format!(r"(?:(?:{SCHEMES})[ \t]{{1,4}})?");
    let pattern = format!(
        r#"(?i-u)(?<name>(?<loose>{LOOSE})|{NAMES})(?<more>_[a-z0-9_]{{1,24}})?(?:(?:\\{{0,15}}["'`])?[ \t]{{0,4}}(?<sign>=>|:=|=|:)[ \t]{{0,4}}|(?<gap>[ \t]{{1,4}})|(?<tag>>))(?<before>{scheme})(?<open>\\{{0,15}}["'`])?(?<inside>{scheme})"#
    );
    made(&pattern)
});

/// The name of a member that holds a secret, whatever it looks like.
static NAME: LazyLock<Option<Regex>> = LazyLock::new(|| made(&format!("(?i-u)(?:^|[_-]|x-)(?:{NAMES})$")));

/// Words in front of `token` or `pass` with which it is no credential: of models, of counts, of pages.
const COUNTED: &str = "max min num per each one two first second last next prev previous current \
    new stop start end bos eos pad unk sep cls mask special image page \
    continuation progress cancellation";

/// What follows the name of a flag where it is talked about.
const PROSE: &str = "flag flags option options argument arguments parameter switch is was are or \
    and to for in on with can must should if when as";

fn made(pattern: &str) -> Option<Regex> {
    Regex::new(pattern)
        .inspect_err(|error| tracing::error!(%error, "names of secrets cannot be recognised"))
        .ok()
}

/// Whether names can be recognised at all.
pub(super) fn ready() -> bool {
    HEAD.is_some() && NAME.is_some()
}

/// The kind of secret in a member of this name; `None` if it holds none, or one that is known by its looks only.
pub(super) fn member(name: &str, raw: &str) -> Option<&'static str> {
    let name = words(name);
    let says = raw.strip_prefix('"').map(|says| says.strip_suffix('"').unwrap_or(says));
    let number = raw.starts_with(|first: char| first == '-' || first.is_ascii_digit());
    if NAME.as_ref()?.is_match(&name) {
        let secret = says.map_or(number, |says| !says.is_empty() && !is_place(&name, says));
        return secret.then(|| kind_of(&name));
    }
    // Counts are numbers; models have tokens that are called `<eos>` and `[PAD]`.
    let says = says.filter(|says| !says.is_empty() && !says.starts_with(['<', '[']))?;
    let secret = match name.as_str() {
        "auth" | "_auth" => is_base64(&says.replace("\\/", "/")),
        "cookie" | "set-cookie" | "set_cookie" => is_cookie(says),
        name => {
            let first = ["token", "pass"].iter().find_map(|last| name.strip_suffix(last));
            first.is_some_and(|first| first.len() > 1 && first.ends_with(['_', '-'])) && !is_counted(name)
        }
    };
    secret.then(|| kind_of(&name))
}

/// The values in a text that stand behind such names, in their order.
pub(super) fn named(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut ends = Ends::of(text);
    let mut at = 0;
    while let Some(captures) = HEAD.as_ref().and_then(|head| head.captures_at(text, at)) {
        // A quote may belong to a name of its own.
        at = captures.name("before").map_or(captures.get_match().end(), |before| before.start());
        if let Some((span, kind)) = value(text, &captures, &mut ends) {
            at = span.end;
            found.push((span, kind));
        }
    }
    found
}

/// The value behind a name.
fn value(text: &str, captures: &Captures<'_>, ends: &mut Ends<'_>) -> Option<Found> {
    let name = captures.name("name")?;
    let more = captures.name("more").map_or("", |more| more.as_str());
    let has = |group: &str| captures.name(group).is_some_and(|found| !found.is_empty());
    let (start, named) = (captures.get_match().end(), name.end() + more.len());
    let before = name.start() - word_before(text, name.start());
    let full = text.get(before..named)?;
    // Without a sign between them, a word is followed by a word in prose.
    if has("gap") && !full.starts_with("--") || has("tag") && !text.get(..before)?.ends_with('<') {
        return None;
    }
    let is = |last: &str| more.is_empty() && name.as_str().to_ascii_lowercase().ends_with(last);
    let (cookie, auth) = (is("cookie"), is("auth"));
    let token = has("loose") && !cookie && !auth;
    let odd = token && (!more.bytes().all(|byte| byte == b'_' || byte.is_ascii_digit()) || is_counted(full));
    let rest = text.get(start..)?;
    if odd || rest.starts_with(MARK) {
        return None;
    }
    let fits = |value: &str, secret: bool| match () {
        () if cookie => is_cookie(value),
        () if auth => is_base64(value),
        () => secret && !value.is_empty() && !is_place(full, value),
    };
    let sign = captures.name("sign").map_or("", |sign| sign.as_str());
    let capitals = is_capitals(full);
    let (end, secret) = if let Some(open) = captures.name("open") {
        let end = quoted_end(text, start, open.as_str());
        let value = text.get(start..end)?;
        (end, !(stands(value, true) || token && is_prose(value)))
    } else if has("tag") {
        let length = memchr::memchr3(b'<', b'\n', b'\r', rest.as_bytes())?;
        let (value, after) = rest.split_at_checked(length)?;
        (start + length, after.starts_with("</") && !value.trim().is_empty() && !stands(value, true))
    } else if sign == ":" && is("authorization") && is_header(look(text, start), has("before"))
        || cookie && sign == ":" && is_cookie(look(text, start))
    {
        (line_end(text, start), true)
    } else if cookie {
        return None;
    } else if capitals && text.get(named..start) == Some("=") {
        // As a shell and `.env` files have it.
        let value = text.get(start..ends.word(start))?;
        if stands(value, false) || is_call(value) {
            return None;
        }
        let value = without_end(value);
        (start + value.len(), value.len() >= 4 && !stands(value, false) && !is_word(value, WORDS))
    } else {
        let span = start..ends.bare(start);
        let value = text.get(span.clone())?;
        let secret = match has("gap") {
            true => !value.starts_with('-') && !is_word(value, PROSE),
            false => value.len() >= 4,
        };
        let names = |last: &str| NAME.as_ref().is_some_and(|name| name.is_match(&words(last)));
        let secret = secret && (!token || capitals || is_random(value));
        let stands = stands(value.trim_end_matches(':'), false) || is_code(text, &span, name.as_str(), names);
        (span.end, secret && !stands)
    };
    fits(text.get(start..end)?, secret).then(|| (start..end, kind_of(name.as_str())))
}

/// How long the part of a name is that stands before a place.
fn word_before(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes().get(at.saturating_sub(64)..at).unwrap_or_default();
    let inside = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_-.:".contains(byte);
    bytes.iter().rev().take_while(inside).count()
}

/// Whether the last word of a name is written as those of variables are.
fn is_capitals(name: &str) -> bool {
    let last = name.rsplit(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').next();
    last.is_some_and(|last| last.len() > 2 && !last.bytes().any(|byte| byte.is_ascii_lowercase()))
}

/// Whether a name says that its tokens or passes are counted, or a model's.
fn is_counted(name: &str) -> bool {
    let name = words(name);
    let name = name.trim_end_matches(|last: char| last == '_' || last.is_ascii_digit());
    let first = name.strip_suffix("token").or_else(|| name.strip_suffix("pass")).unwrap_or_default();
    let first = first.trim_end_matches(['_', '-']);
    first.rsplit(['_', '-', '.', ':']).next().is_some_and(|last| is_word(last, COUNTED))
}

/// The words of a name apart: in `openaiApiKey` and `dbPassword` a capital begins one as a dash does.
fn words(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    let mut low = false;
    for letter in name.chars().take(LOOK) {
        if letter.is_ascii_uppercase() && low {
            words.push('_');
        }
        low = letter.is_ascii_lowercase() || letter.is_ascii_digit();
        words.push(letter.to_ascii_lowercase());
    }
    words
}

/// The kind of what a name stands for.
fn kind_of(name: &str) -> &'static str {
    let name = name.to_ascii_lowercase();
    let has = |part: &str| name.contains(part);
    match () {
        () if has("pass") || has("pwd") => "password",
        () if has("authorization") => "authorization",
        () if has("token") => "token",
        () if has("secret") || has("credential") => "secret",
        () if has("cookie") => "cookie",
        () if has("auth") => "authorization",
        () => "API key",
    }
}
