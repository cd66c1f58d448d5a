//! What looks like a credential in a text. Shapes are those that vendors document; what has no shape of its own is known
//! by the name in front of it.

use memchr::memmem;
use regex::{Captures, Regex};
use std::ops::Range;
use std::sync::LazyLock;

/// What stands in the place of a secret begins so.
pub(super) const MARK: &str = "[redacted: ";

/// A place in a text, and the kind of secret there.
pub(super) type Found = (Range<usize>, &'static str);

/// The marker for a kind of secret.
pub(super) fn marker(kind: &str) -> String {
    format!("{MARK}{kind}]")
}

/// What the members and variables are called that hold secrets. A name may begin with anything, as in `OPENAI_API_KEY`.
const NAMES: &str = "api[_-]?key|access[_-]?key|secret[_-]?key|secret[_-]?access[_-]?key|private[_-]?key|client[_-]?secret|\
                     auth[_-]?token|access[_-]?token|refresh[_-]?token|id[_-]?token|api[_-]?token|session[_-]?token|\
                     password|passwd|passphrase|pwd|secret|authorization|credentials?";

/// Kinds by the name of their group. The first that fits at a place is the one.
const KINDS: [(&str, &str, &str); 15] = [
    (
        "pem",
        "private key",
        r#"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[A-Za-z0-9+/=\\:,."' \t\r\n-]*?-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|(?:[\\nr"'+ \t\r\n]*[A-Za-z0-9+/=]{16,})*)"#,
    ),
    ("anthropic", "Anthropic key", r"(?-u:\b)sk-ant-[A-Za-z0-9_-]{12,}"),
    ("sk", "API key", r"(?-u:\b)sk-[A-Za-z0-9_-]{16,}"),
    ("github", "GitHub token", r"(?-u:\b)(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})"),
    ("gitlab", "GitLab token", r"(?-u:\b)gl(?:pat|dt|rt|cbt|ptt|oas|soat)-[A-Za-z0-9_.-]{20,}"),
    ("aws", "AWS key", r"(?-u:\b)(?:AKIA|ASIA)[A-Z0-9]{16}"),
    (
        "google",
        "Google key",
        r"(?-u:\b)(?:AIza[A-Za-z0-9_-]{30,}|ya29\.[A-Za-z0-9._-]{20,}|GOCSPX-[A-Za-z0-9_-]{20,})",
    ),
    ("slack", "Slack token", r"(?-u:\b)xox[a-z]-[A-Za-z0-9-]{10,}|(?-u:\b)xapp-[A-Za-z0-9-]{10,}"),
    ("stripe", "Stripe key", r"(?-u:\b)[rs]k_(?:live|test)_[A-Za-z0-9]{16,}"),
    (
        "vendor",
        "API key",
        r"(?-u:\b)(?:hf_[A-Za-z0-9]{30,}|gsk_[A-Za-z0-9]{30,}|xai-[A-Za-z0-9]{30,}|pplx-[A-Za-z0-9]{30,}|npm_[A-Za-z0-9]{30,}|nvapi-[A-Za-z0-9_-]{30,}|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,})",
    ),
    ("own", "Ninerouter key", r"(?-u:\b)nr-[A-Za-z0-9_-]{40,}"),
    ("jwt", "JSON web token", r"(?-u:\b)eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?"),
    (
        "url",
        "password in a URL",
        r#"://[^ \t\r\n/:@"'<>\\\[\]]{0,80}:(?<url_value>[^ \t\r\n/@"'<>\\\[\]]{1,256})@"#,
    ),
    ("bearer", "bearer token", r"(?i-u:\b(?:bearer|basic))[ \t]+(?<bearer_value>[A-Za-z0-9._~+/-]{16,}=*)"),
    // A name, perhaps quoted, then a value, perhaps quoted; quotes may be escaped however often.
    (
        "named",
        "",
        r#"(?<name>(?i-u:NAMES))(?:_[A-Za-z0-9_]{1,24})?(?:\\*["'`])?[ \t]{0,4}(?:=>|:=|=|:)[ \t]{0,4}(?:(?i-u:bearer|basic|token)[ \t]+)?(?:\\*["'`](?<quoted>[^"'`\\\r\n]+)|(?<bare>[^ \t\r\n"'`\\,;&<>(){}\[\]|]{4,}))"#,
    ),
];

static SECRET: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let kinds = KINDS.map(|(group, _, pattern)| format!("(?<{group}>{})", pattern.replace("NAMES", NAMES)));
    Regex::new(&kinds.join("|"))
        .inspect_err(|error| tracing::error!(%error, "secrets cannot be recognised"))
        .ok()
});

/// Whether secrets can be recognised at all: nothing may be kept without.
pub(crate) fn ready() -> bool {
    SECRET.is_some()
}

/// Whether what a member of this name holds is a secret, whatever it looks like; its kind.
pub(super) fn named(name: &str) -> Option<&'static str> {
    static NAME: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(&format!("(?i-u)(?:^|[_-]|x-)(?:{NAMES})$")).ok());
    // `openaiApiKey`, `dbPassword`: a capital begins a word as a dash does.
    let mut plain = String::with_capacity(name.len() + 4);
    let mut low = false;
    for letter in name.chars().take(128) {
        if letter.is_ascii_uppercase() && low {
            plain.push('_');
        }
        low = letter.is_ascii_lowercase() || letter.is_ascii_digit();
        plain.push(letter.to_ascii_lowercase());
    }
    NAME.as_ref()?.is_match(&plain).then(|| kind_of(&plain))
}

/// The secrets in a text, in their order, without overlaps. `known`: secrets that are known as they are.
pub(super) fn find(text: &str, known: &[String]) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for secret in known {
        let places = memmem::find_iter(text.as_bytes(), secret.as_bytes());
        found.extend(places.map(|at| (at..at + secret.len(), "key of this request")));
    }
    if let Some(secret) = SECRET.as_ref() {
        found.extend(secret.captures_iter(text).filter_map(|captures| of(text, &captures)));
    }
    found.sort_by_key(|(span, _)| (span.start, usize::MAX - span.end));
    // Where two overlap, all that either covers goes.
    let mut apart: Vec<Found> = Vec::with_capacity(found.len());
    for (span, kind) in found {
        match apart.last_mut() {
            Some((last, _)) if span.start < last.end => last.end = last.end.max(span.end),
            _ => apart.push((span, kind)),
        }
    }
    apart
}

/// The secret that was matched.
fn of(text: &str, captures: &Captures<'_>) -> Option<Found> {
    let (group, kind, _) = KINDS.iter().find(|(group, ..)| captures.name(group).is_some())?;
    let span = |name: &str| captures.name(name).map(|found| found.range());
    let (span, kind) = match *group {
        // Names of styles and packages look like this, too; keys have digits in them.
        "sk" => (span(group).filter(|span| has_digit(text, span))?, *kind),
        "url" => (span("url_value")?, *kind),
        "bearer" => (span("bearer_value")?, *kind),
        "named" => {
            let value = span("quoted").or_else(|| span("bare").filter(|span| is_value(text, span)))?;
            (value, kind_of(captures.name("name")?.as_str()))
        }
        _ => (span(group)?, *kind),
    };
    // A marker of ours is no secret; nor is what only stands for one.
    let value = text.get(span.clone())?;
    let stands = value.starts_with(MARK)
        || value.starts_with(['$', '<', '{', '%'])
        || value.bytes().all(|byte| matches!(byte, b'*' | b'x' | b'X' | b'.' | b'_' | b'-'));
    (!stands).then_some((span, kind))
}

fn has_digit(text: &str, span: &Range<usize>) -> bool {
    text.get(span.clone()).is_some_and(|value| value.bytes().any(|byte| byte.is_ascii_digit()))
}

/// Whether what stands behind a name without quotes is a value, rather than code: `password = read_password()`.
fn is_value(text: &str, span: &Range<usize>) -> bool {
    let value = text.get(span.clone()).unwrap_or_default();
    let next = text.as_bytes().get(span.end);
    const WORDS: [&str; 10] =
        ["null", "none", "undefined", "true", "false", "string", "required", "bearer", "basic", "token"];
    let plain = WORDS.iter().any(|word| value.eq_ignore_ascii_case(word));
    !plain && !matches!(next, Some(b'(' | b'[' | b'{' | b'<')) && !value.contains("::")
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
        () => "API key",
    }
}
