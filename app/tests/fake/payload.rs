//! A made-up payload log.

use super::data::request_row;
use super::{Fake, missing};
use app::api::payload::{
    ComparePage, Compared, Differs, Folded, LogFor, LogRow, Part, PartSize, PartText, Payload, PayloadLog,
    PayloadPage, Payloads, SaidBlock, ShownPart, Turned,
};
use app::api::requests::RequestRow;
use app::api::saver::Stretch;
use app::api::{Millis, Problem};
use async_trait::async_trait;

pub fn log(now: Millis, full: bool) -> PayloadLog {
    let row = |key, name: &str, until, requests, bytes| LogRow {
        key,
        name: name.to_owned(),
        until,
        requests,
        bytes,
    };
    if !full {
        return PayloadLog { rows: vec![row(0, "", None, 0, 0)], ..PayloadLog::default() };
    }
    PayloadLog {
        rows: vec![
            row(1, "claude-code laptop", Some(now + 11_100_000), 41, 12_902_400),
            row(2, "cline", None, 1, 20_480),
            row(0, "", None, 0, 0),
        ],
        requests: 44,
        bytes: 13_107_200,
    }
}

pub fn sizes() -> Vec<PartSize> {
    vec![
        PartSize { part: Part::Request, bytes: 1_300_000, kept: 1_048_570, redacted: 2 },
        PartSize { part: Part::Sent, bytes: 412_000, kept: 412_000, redacted: 1 },
        PartSize { part: Part::Reply, bytes: 3_280, kept: 3_280, redacted: 0 },
    ]
}

fn plain(text: &str) -> Vec<Folded> {
    vec![Folded { shown: text.to_owned(), folded: String::new() }]
}

fn parts() -> Vec<ShownPart> {
    let headers = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let block = |what: &str, text: &str| SaidBlock { what: what.to_owned(), text: text.to_owned() };
    let [request, sent, reply] = [0, 1, 2].map(|place| sizes()[place]);
    let long = vec![
        Folded {
            shown: "{\n  \"system\": \"You are <b>".to_owned(),
            folded: " a careful engineer\",\n".to_owned(),
        },
        Folded { shown: "  \"key\": \"[redacted: GitHub token]\"\n}".to_owned(), folded: String::new() },
    ];
    vec![
        ShownPart {
            size: request,
            headers: headers(&[("content-type", "application/json"), ("user-agent", "claude-cli/2.0")]),
            text: long,
            ..ShownPart::default()
        },
        ShownPart { size: sent, text: plain("{\n  \"model\": \"glm-4.7\"\n}"), ..ShownPart::default() },
        ShownPart {
            size: reply,
            headers: headers(&[("status", "200"), ("content-type", "text/event-stream")]),
            said: vec![block("Text", "Let me look."), block("Call of Bash", "{\n  \"command\": \"ls\"\n}")],
            stream: true,
            text: plain("event: message_start\ndata: {}\n\n"),
        },
    ]
}

fn row(fake: &Fake, id: &str) -> Result<RequestRow, Problem> {
    let place = (0..50).find(|place| request_row(fake.now, *place).id == id);
    place.map(|place| request_row(fake.now, place)).ok_or_else(|| missing("request"))
}

#[async_trait]
impl Payloads for Fake {
    async fn payload_log(&self) -> Result<PayloadLog, Problem> {
        self.works()?;
        Ok(log(self.now, self.full()))
    }
    async fn set_payload_log(&self, _key: i64, _how_long: Option<LogFor>) -> Result<(), Problem> {
        Ok(())
    }
    async fn forget_payloads(&self, _key: Option<i64>) -> Result<(), Problem> {
        Ok(())
    }
    async fn payload(&self, id: String) -> Result<Payload, Problem> {
        self.works()?;
        let part = PartText { size: sizes()[2], headers: Vec::new(), text: "{}".to_owned() };
        Ok(Payload { request: row(self, &id)?, parts: vec![part] })
    }
    async fn payload_page(&self, id: String) -> Result<PayloadPage, Problem> {
        self.works()?;
        Ok(PayloadPage { request: row(self, &id)?, parts: parts() })
    }
    async fn compare(&self, id: String, with: Option<String>) -> Result<ComparePage, Problem> {
        self.works()?;
        let request = row(self, &id)?;
        if with.as_deref() == Some("none") {
            let why = "No earlier request of this conversation was logged.".to_owned();
            return Ok(ComparePage { request, compared: None, why });
        }
        let differs = |path: &str, before: &str, now: &str| Differs {
            path: path.to_owned(),
            before: before.to_owned(),
            now: now.to_owned(),
        };
        let stretch = |from, same, lines: &[&str], now: &[&str]| Stretch {
            from,
            now_from: from,
            same,
            lines: lines.iter().map(|line| (*line).to_owned()).collect(),
            now: now.iter().map(|line| (*line).to_owned()).collect(),
        };
        let compared = Compared {
            earlier: request_row(self.now, 1).id,
            at: request.at - 720_000,
            same_target: false,
            target: "anthropic/claude-sonnet-4-5, account personal".to_owned(),
            turned: Turned::Changed,
            same_bytes: 41_203,
            same_tokens: 10_300,
            prompt_bytes: 50_000,
            first: Some(differs("system[1].text", "\"Today is <Monday>", "\"Today is Tuesday")),
            beside: vec![differs("max_tokens", "", "4096")],
            sent: true,
            cut: true,
            redacted: true,
            stretches: vec![
                stretch(10, true, &["  \"system\": ["], &[]),
                stretch(11, false, &["    \"Monday\""], &["    \"Tuesday\""]),
            ],
        };
        Ok(ComparePage { request, compared: Some(compared), why: String::new() })
    }
}
