//! What a failed attempt means for the request: the types. The rules are in `rules.toml`.

/// One failed attempt, as the provider answered it (or did not).
#[derive(Debug, Clone, Copy)]
pub struct Failure<'a> {
    /// HTTP status; `None` when there was no answer (connect, reset, timeout). 200 for an error that came
    /// inside a stream.
    pub status: Option<u16>,
    /// The wait for an answer ran out.
    pub silent: bool,
    /// The provider's error message, empty when none was found.
    pub message: &'a str,
    /// Its error code, empty when none was found.
    pub code: &'a str,
    /// Its error type, empty when none was found.
    pub kind: &'a str,
    /// The body as received, possibly cut.
    pub body: &'a str,
    /// Response headers, names in lower case.
    pub headers: &'a [(String, String)],
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Ask the same account again after this many milliseconds. Whoever loops limits how often (once) and
    /// adds jitter.
    RetryHere {
        /// Milliseconds to wait.
        after_ms: u64,
    },
    /// Go on with another account of the same target.
    NextAccount {
        /// How long this account is left alone.
        park: Option<Park>,
    },
    /// Go on with another target: no account of this one will do better.
    NextTarget {
        /// How long this account is left alone.
        park: Option<Park>,
    },
    /// The caller's own fault: the answer goes back unchanged.
    Stop,
}

/// An account, or one model of it, is left alone for a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Park {
    /// Unix milliseconds.
    pub until: i64,
    /// Every model of the account; otherwise only the one that was asked.
    pub whole_account: bool,
    /// Only a person can mend it (key refused, banned, no credit). It is still tried again after `until`,
    /// since vendors refuse good keys during outages and people top up.
    pub needs_person: bool,
}

/// A verdict with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// What to do next.
    pub verdict: Verdict,
    /// Which rule said so: `default/<id>` or `<provider id>/<rule id>`.
    pub rule: String,
    /// Whether the key or token was refused.
    pub credential: bool,
    /// Plain words for the dashboard, with the HTTP status where there was one: `Key refused (401)`.
    pub sentence: String,
}
