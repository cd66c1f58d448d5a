//! What looks like a credential in a text. Shapes are those that vendors document; what has no shape of its own is known
//! by the name in front of it (`named.rs`). The two are looked for apart, so that neither hides what the other sees.

use super::named::{self, named};
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

/// Kinds by the name of their group. The first that fits at a place is the one.
const KINDS: [(&str, &str, &str); 15] = [
    // Only where it begins: see `Pem`.
    ("pem", "private key", r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"),
    ("anthropic", "Anthropic key", r"(?-u:\b)sk-ant-[A-Za-z0-9_-]{12,}"),
    // Names of styles and packages look like these, too; keys have digits in them, and are long.
    ("sk", "API key", r"(?-u:\b)sk-[A-Za-z_-]*[0-9][A-Za-z0-9_-]*"),
    ("worded", "API key", r"(?-u:\b)(?:tvly-|pypi-|hvs\.|fw_|csk-)[A-Za-z_-]*[0-9][A-Za-z0-9_-]*"),
    ("github", "GitHub token", r"(?-u:\b)(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})"),
    (
        "gitlab",
        "GitLab token",
        r"(?-u:\b)gl(?:pat|dt|rt|cbt|ptt|oas|soat|agent|ft|ffct|imt)-[A-Za-z0-9_.-]{20,}",
    ),
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
        r"(?-u:\b)(?:hf_[A-Za-z0-9]{30,}|r8_[A-Za-z0-9]{30,}|dckr_pat_[A-Za-z0-9_-]{20,}|whsec_[A-Za-z0-9+/]{24,}={0,2}|do[opr]_v1_[A-Za-z0-9]{40,}|gsk_[A-Za-z0-9]{30,}|xai-[A-Za-z0-9]{30,}|pplx-[A-Za-z0-9]{30,}|npm_[A-Za-z0-9]{30,}|nvapi-[A-Za-z0-9_-]{30,}|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,})",
    ),
    ("own", "Ninerouter key", r"(?-u:\b)nr-[A-Za-z0-9_-]{40,}"),
    ("jwt", "JSON web token", r"(?-u:\b)eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?"),
    (
        "url",
        "password in a URL",
        r#"://[^ \t\r\n/:@"'<>\\\[\]]{0,80}:(?<url_value>[^ \t\r\n/@"'<>\\\[\]]{1,256})@"#,
    ),
    ("bearer", "bearer token", r"(?i-u:\b(?:bearer|basic))[ \t]+(?<bearer_value>[A-Za-z0-9._~+/-]{16,}=*)"),
];

static SECRET: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let kinds = KINDS.map(|(group, _, pattern)| format!("(?<{group}>{pattern})"));
    made(&kinds.join("|"))
});

/// How a private key ends.
static END: LazyLock<Option<Regex>> =
    LazyLock::new(|| made("-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"));

/// What stands in one that was cut off.
static BODY: LazyLock<Option<Regex>> =
    LazyLock::new(|| made(r#"^(?:[\\nr"'+ \t\r\n]*[A-Za-z0-9+/=]{16,})*"#));

fn made(pattern: &str) -> Option<Regex> {
    Regex::new(pattern).inspect_err(|error| tracing::error!(%error, "secrets cannot be recognised")).ok()
}

/// Whether secrets can be recognised at all: nothing may be kept without.
pub(crate) fn ready() -> bool {
    [&SECRET, &END, &BODY].iter().all(|regex| regex.is_some()) && named::ready()
}

/// The secrets in a text, in their order, without overlaps. `known`: secrets that are known as they are.
pub(super) fn find(text: &str, known: &[String]) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for secret in known {
        let places = memmem::find_iter(text.as_bytes(), secret.as_bytes());
        found.extend(places.map(|at| (at..at + secret.len(), "key of this request")));
    }
    found.extend(named(text));
    shaped(text, &mut found);
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

/// Finds secrets by their shapes.
fn shaped(text: &str, found: &mut Vec<Found>) {
    let mut pem = Pem { text, run: 0, end: Some(0..0) };
    let mut at = 0;
    while let Some(captures) = SECRET.as_ref().and_then(|secret| secret.captures_at(text, at)) {
        let all = captures.get_match();
        at = all.end();
        let Some((group, kind, _)) = KINDS.iter().find(|(group, ..)| captures.name(group).is_some()) else {
            continue;
        };
        let span = match *group {
            "pem" => {
                at = pem.end(all.end());
                Some(all.start()..at)
            }
            "sk" | "worded" if all.len() < 19 => None,
            "url" => {
                // The name of a user may be a secret, too.
                at = all.start() + "://".len();
                value(text, &captures, "url_value")
            }
            "bearer" => value(text, &captures, "bearer_value"),
            _ => Some(all.range()),
        };
        found.extend(span.map(|span| (span, *kind)));
    }
}

/// What a group of a shape matched, unless that only stands for a value.
fn value(text: &str, captures: &Captures<'_>, group: &str) -> Option<Range<usize>> {
    let span = captures.name(group)?.range();
    let value = text.get(span.clone())?;
    let stands = value.starts_with(MARK) || value.starts_with(['$', '<', '{', '%']) || is_blank(value);
    (!stands).then_some(span)
}

/// Whether there is nothing in a value but what is put where one was.
pub(super) fn is_blank(value: &str) -> bool {
    value.bytes().all(|byte| matches!(byte, b'*' | b'x' | b'X' | b'.' | b'_' | b'-'))
}

/// Where private keys end. Each place is looked for once, however many keys begin.
struct Pem<'t> {
    text: &'t str,
    /// Where there is something that no key has in it.
    run: usize,
    /// Where the next one says that it ends; `None` if none does.
    end: Option<Range<usize>>,
}

impl Pem<'_> {
    /// Where a key ends of which the first line ends here. One without an end was cut off.
    fn end(&mut self, from: usize) -> usize {
        let rest = self.text.get(from..).unwrap_or_default();
        if self.run < from {
            let inside = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=\\:,.\"' \t\r\n-".contains(&byte);
            self.run = from + rest.bytes().position(|byte| !inside(byte)).unwrap_or(rest.len());
        }
        if self.end.as_ref().is_some_and(|end| end.start < from) {
            self.end = END.as_ref().and_then(|end| end.find_at(self.text, from)).map(|end| end.range());
        }
        match &self.end {
            Some(end) if end.end <= self.run => end.end,
            _ => from + BODY.as_ref().and_then(|body| body.find(rest)).map_or(0, |body| body.len()),
        }
    }
}
