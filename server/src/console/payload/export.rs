//! What was logged, as files: of one request, and of all of a key, a request a line.

use crate::console::Desk;
use crate::gate::problem_response;
use app::api::payload::Payloads;
use app::api::{Problem, ProblemKind};
use axum::Json;
use axum::body::Body;
use axum::extract::{Extension, Path, Query};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream::try_unfold;
use http::HeaderValue;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use serde::Deserialize;
use std::convert::Infallible;
use uuid::Uuid;

/// Requests looked up at once.
const AT_ONCE: u64 = 64;

/// Whose requests.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Whose {
    /// The caller key; 0: requests without one. `None`: all.
    pub key: Option<i64>,
}

/// `GET /requests/{id}/payload.json`
pub(crate) async fn one(Extension(desk): Extension<Desk>, Path(id): Path<String>) -> Response {
    match desk.payload(id).await {
        Ok(payload) => {
            let name = format!("request-{}.json", payload.request.id);
            saved_as(Json(payload).into_response(), &name)
        }
        Err(problem) => problem_response(&problem),
    }
}

/// `GET /payloads.ndjson?key=…`
pub(crate) async fn ndjson(Extension(desk): Extension<Desk>, Query(whose): Query<Whose>) -> Response {
    match stream(desk, whose.key).await {
        Ok(response) => saved_as(response, "payloads.ndjson"),
        Err(problem) => problem_response(&problem),
    }
}

/// What was logged of a key's requests, or all, oldest first, a request a line. Read as it goes out: no more than a few
/// requests are held at a time.
pub(crate) async fn stream(desk: Desk, key: Option<i64>) -> Result<Response, Problem> {
    // Problems that come at once have a status of their own.
    let first = desk.page(key, Uuid::nil()).await?;
    let lines = try_unfold((desk, first.into_iter(), Uuid::nil()), move |(desk, mut ids, last)| async move {
        let mut last = last;
        loop {
            let Some(id) = ids.next() else {
                let Ok(more) = desk.page(key, last).await else { return Ok::<_, Infallible>(None) };
                if more.is_empty() {
                    return Ok(None);
                }
                ids = more.into_iter();
                continue;
            };
            last = id;
            match desk.payload(id.simple().to_string()).await.map(|payload| serde_json::to_vec(&payload)) {
                Ok(Ok(mut line)) => {
                    line.push(b'\n');
                    return Ok(Some((Bytes::from(line), (desk, ids, last))));
                }
                // Deleted by now, or too young to have its record.
                Err(problem) if problem.kind == ProblemKind::NotFound => {}
                // Said in the log. The file ends here.
                Ok(Err(_)) | Err(_) => return Ok(None),
            }
        }
    });
    let mut response = Response::new(Body::from_stream(lines));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    Ok(response)
}

impl Desk {
    async fn page(&self, key: Option<i64>, after: Uuid) -> Result<Vec<Uuid>, Problem> {
        self.person()?;
        self.app.store.payload_ids(key, after, AT_ONCE).await.map_err(super::fail)
    }
}

fn saved_as(mut response: Response, name: &str) -> Response {
    if let Ok(named) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        response.headers_mut().insert(CONTENT_DISPOSITION, named);
    }
    response
}
