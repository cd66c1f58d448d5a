//! Usage as files, for spreadsheets and programs: what the page shows, by share and part of time.

use crate::console::Desk;
use crate::console::zone::stamp;
use crate::gate::problem_response;
use app::api::usage::{UsagePage, UsageQuery, Usages};
use app::api::{Clock, Problem};
use axum::Json;
use axum::extract::{Extension, Query};
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, COOKIE};
use http::{HeaderMap, HeaderValue};

/// USD are told with so many digits, which is exact.
const NANO: i64 = 1_000_000_000;

/// `GET /usage/export.csv`
pub(crate) async fn csv(desk: Extension<Desk>, query: Query<UsageQuery>, headers: HeaderMap) -> Response {
    match page(desk, query, &headers).await {
        Ok(page) => file(rows(&page), "text/csv; charset=utf-8", "usage.csv"),
        Err(problem) => problem_response(&problem),
    }
}

/// `GET /usage/export.json`
pub(crate) async fn json(desk: Extension<Desk>, query: Query<UsageQuery>, headers: HeaderMap) -> Response {
    match page(desk, query, &headers).await {
        Ok(page) => Json(page).into_response(),
        Err(problem) => problem_response(&problem),
    }
}

async fn page(
    Extension(desk): Extension<Desk>,
    Query(query): Query<UsageQuery>,
    headers: &HeaderMap,
) -> Result<UsagePage, Problem> {
    let utc_offset_minutes = cookie(headers, "tz").and_then(|text| text.parse().ok()).unwrap_or(0);
    let clock = Clock { zone: cookie(headers, "zone").unwrap_or_default(), utc_offset_minutes };
    Usages::usage(&desk, query, clock).await
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(|(known, _)| *known == name).map(|(_, value)| value.to_owned()).next()
}

fn file(bytes: Vec<u8>, kind: &'static str, name: &str) -> Response {
    let mut response = Response::new(bytes.into());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(named) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        response.headers_mut().insert(CONTENT_DISPOSITION, named);
    }
    response
}

/// One line for each share and part of time in which anything was used.
fn rows(page: &UsagePage) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let head = [
        "from",
        "to",
        page.split.word(),
        "requests",
        "failed",
        "fallbacks",
        "input_tokens",
        "cache_read_tokens",
        "cache_write_tokens",
        "output_tokens",
        "reasoning_tokens",
        "cost_usd",
        "requests_of_unknown_price",
        "covered_usd",
        "covered_requests_of_unknown_price",
        "first_token_ms",
        "saved_tokens",
        "saved_usd",
    ];
    // Writing to memory does not fail.
    let _ = writer.write_record(head);
    for share in &page.shares {
        for (part, sums) in page.parts.iter().zip(&share.parts).filter(|(_, sums)| sums.requests > 0) {
            let tokens = sums.tokens;
            let counts = [
                sums.requests,
                sums.failed,
                sums.fallbacks,
                tokens.input,
                tokens.cache_read,
                tokens.cache_write,
                tokens.output,
                sums.reasoning,
            ];
            let name = safe(if share.id.is_empty() { &share.name } else { &share.id });
            let line = [stamp(part.from).to_string(), stamp(part.to).to_string(), name]
                .into_iter()
                .chain(counts.map(|count| count.to_string()))
                .chain([
                    usd(sums.cost.known),
                    sums.cost.unknown_requests.to_string(),
                    usd(sums.cost.covered),
                    sums.cost.covered_unknown.to_string(),
                    sums.latency().map(|ms| ms.to_string()).unwrap_or_default(),
                    sums.saved_tokens.to_string(),
                    usd(sums.saved_cost),
                ]);
            let _ = writer.write_record(line);
        }
    }
    writer.into_inner().unwrap_or_default()
}

/// USD, exactly.
fn usd(nano: i64) -> String {
    format!("{}.{:09}", nano / NANO, nano % NANO)
}

/// A name that no spreadsheet takes for a formula: names come from clients.
fn safe(name: &str) -> String {
    if name.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{name}") } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::api::usage::{Part, Share, Sums};

    #[test]
    fn a_line_for_each_share_and_part_of_time_that_used_anything() {
        let used = Sums {
            requests: 2,
            cost: app::api::Cost {
                known: 1_500_000_000,
                unknown_requests: 1,
                covered: 7,
                covered_unknown: 2,
            },
            saved_tokens: 40,
            saved_cost: 3,
            ..Sums::default()
        };
        let part = |from: i64| Part { from, to: from + 3_600_000, name: String::new() };
        let share = Share {
            id: String::new(),
            name: "=1+1, x".to_owned(),
            whole: used,
            parts: vec![Sums::default(), used],
        };
        let page =
            UsagePage { parts: vec![part(0), part(3_600_000)], shares: vec![share], ..UsagePage::default() };
        let text = String::from_utf8(rows(&page)).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(
            lines[1],
            "1970-01-01T01:00:00Z,1970-01-01T02:00:00Z,\"'=1+1, x\",2,0,0,0,0,0,0,0,1.500000000,1,0.000000007,2,,40,0.000000003"
        );
    }
}
