//! A page over a made-up console, and what a person reads on it.

use super::fake::{Fake, Mood, site::site};
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, StatusCode, header};
use tower::ServiceExt;

/// A page as it was sent.
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) headers: header::HeaderMap,
    pub(crate) html: String,
}

pub(crate) async fn answer(mood: Mood, request: Request<Body>) -> Page {
    let response: Response<Body> =
        site(move |_| (Fake::new(mood), true)).oneshot(request).await.expect("the router cannot fail");
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("the body is in memory");
    let html = String::from_utf8(body.to_vec()).expect("pages are UTF-8");
    Page { status: parts.status, headers: parts.headers, html }
}

pub(crate) async fn open(mood: Mood, path: &str) -> Page {
    answer(mood, Request::get(path).body(Body::empty()).expect("a good request")).await
}

/// Posts a form as a browser without JavaScript does, or as the island does.
pub(crate) async fn send(path: &str, from: &str, accept: &str, fields: &str) -> Page {
    let request = Request::post(path)
        .header(header::ACCEPT, accept)
        .header(header::REFERER, format!("http://127.0.0.1:20128{from}"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(fields.to_owned()))
        .expect("a good request");
    answer(Mood::Normal, request).await
}

impl Page {
    /// The words of the page: no tags, no scripts, single spaces.
    pub(crate) fn words(&self) -> String {
        let body = self.html.split_once("<body>").map_or(self.html.as_str(), |(_, body)| body);
        let mut words = String::new();
        let mut rest = body;
        while let Some((before, after)) = rest.split_once('<') {
            words.push_str(before);
            let (tag, after) = after.split_once('>').unwrap_or((after, ""));
            // Comments of the renderer and filled-in words of the examples do not part words.
            let inner = tag.starts_with('!') || tag.starts_with("mark") || tag == "/mark";
            if !inner {
                words.push(' ');
            }
            rest = after;
        }
        words.push_str(rest);
        let words = words.replace("&amp;", "&").replace("&#x27;", "'").replace("&quot;", "\"");
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[track_caller]
    pub(crate) fn says(&self, text: &str) {
        let words = self.words();
        assert!(words.contains(text), "“{text}” is not on the page:\n{words}");
    }

    #[track_caller]
    pub(crate) fn does_not_say(&self, text: &str) {
        let words = self.words();
        assert!(!words.contains(text), "“{text}” is on the page:\n{words}");
    }

    #[track_caller]
    pub(crate) fn holds(&self, html: &str) {
        assert!(self.html.contains(html), "{html} is not in the page:\n{}", self.html);
    }
}
