//! The payload log: whose requests are logged, what was logged of one, and one beside another.

mod compare;
mod export;
mod view;

pub(crate) use export::{Whose, ndjson, one, stream};

use super::requests::{row_of, target};
use super::{Desk, fail, internal};
use crate::clock;
use crate::store::{KeptPart, PayloadUse, RequestRecord, StoredKey};
use app::api::payload::{
    ComparePage, Compared, LogFor, LogRow, PartText, Payload, PayloadLog, PayloadPage, Payloads,
};
use app::api::{Problem, ProblemKind};
use async_trait::async_trait;
use uuid::Uuid;

/// Every key, and requests without one, with the end of a log that is on at `now`, Unix ms. How much is kept is not known
/// here.
pub(super) fn logs(keys: &[StoredKey], without: Option<i64>, now: i64) -> Vec<LogRow> {
    let row = |key: i64, name: &str, until: Option<i64>| LogRow {
        key,
        name: name.to_owned(),
        until: until.filter(|until| *until > now),
        ..LogRow::default()
    };
    keys.iter().map(|key| row(key.id, &key.name, key.log_until)).chain([row(0, "", without)]).collect()
}

fn nothing() -> Problem {
    let message = "Nothing is kept of this request in full. Either its key was not logged when it came, or what was \
                   logged has been deleted since.";
    Problem::new(ProblemKind::NotFound, message)
}

impl Desk {
    /// What is kept of a request.
    async fn kept(&self, id: Uuid) -> Result<Vec<KeptPart>, Problem> {
        let parts = self.app.store.payload(id).await.map_err(fail)?;
        if parts.is_empty() { Err(nothing()) } else { Ok(parts) }
    }

    async fn compared(&self, record: &RequestRecord, earlier: Uuid) -> Result<Compared, Problem> {
        let parts = self.kept(record.id).await?;
        let parts_before = self.kept(earlier).await?;
        let before = self.app.store.request(earlier).await.map_err(fail)?;
        let same_target = before.provider_id == record.provider_id
            && before.model == record.model
            && before.account_id == record.account_id;
        let same_dialect = before.upstream_dialect == record.upstream_dialect;
        // Megabytes are read, matched and counted: not on a thread that serves streams.
        let compared =
            tokio::task::spawn_blocking(move || compare::compare(&parts_before, &parts, same_dialect)).await;
        let compared = compared.map_err(|error| internal(&error))?;
        Ok(Compared {
            earlier: before.id.simple().to_string(),
            at: before.started_at,
            same_target,
            target: format!(
                "{}, account {}",
                target(&before.provider_id, &before.model),
                before.account_name
            ),
            ..compared
        })
    }
}

#[async_trait]
impl Payloads for Desk {
    async fn payload_log(&self) -> Result<PayloadLog, Problem> {
        self.person()?;
        let keys = self.app.store.keys().await.map_err(fail)?;
        let used = self.app.store.payload_use().await.map_err(fail)?;
        let mut rows = logs(&keys, self.app.snapshot().log_until, clock::now().unix_ms);
        for row in &mut rows {
            let PayloadUse { requests, bytes } = used.get(&row.key).copied().unwrap_or_default();
            (row.requests, row.bytes) = (requests, bytes);
        }
        let (requests, bytes) = used
            .values()
            .fold((0, 0), |(requests, bytes), used| (requests + used.requests, bytes + used.bytes));
        Ok(PayloadLog { rows, requests, bytes })
    }

    async fn set_payload_log(&self, key: i64, how_long: Option<LogFor>) -> Result<(), Problem> {
        let person = self.person()?;
        let until = how_long.map(|how_long| clock::now().unix_ms + how_long.millis());
        self.app.store.set_log(key, until).await.map_err(fail)?;
        // Whoever reads the log of the program learns that requests were read.
        match how_long {
            Some(how_long) => {
                let how_long = how_long.words();
                tracing::info!(key, person = person.name, how_long, "requests of a key are logged in full");
            }
            None => tracing::info!(key, person = person.name, "requests of a key are logged no longer"),
        }
        self.publish().await
    }

    async fn forget_payloads(&self, key: Option<i64>) -> Result<(), Problem> {
        let person = self.person()?;
        self.app.store.forget_payloads(key).await.map_err(fail)?;
        tracing::info!(key, person = person.name, "logged payloads were deleted");
        Ok(())
    }

    async fn payload(&self, id: String) -> Result<Payload, Problem> {
        self.person()?;
        let record = self.record(&id).await?;
        let parts = self.kept(record.id).await?;
        let part = |KeptPart { size, headers, text }| PartText { size, headers, text };
        Ok(Payload { request: row_of(&record), parts: parts.into_iter().map(part).collect() })
    }

    async fn payload_page(&self, id: String) -> Result<PayloadPage, Problem> {
        self.person()?;
        let record = self.record(&id).await?;
        let parts = self.kept(record.id).await?;
        let dialect = record.dialect.parse().ok();
        let shown = tokio::task::spawn_blocking(move || {
            parts.into_iter().map(|part| view::shown(part, dialect)).collect()
        });
        let parts = shown.await.map_err(|error| internal(&error))?;
        Ok(PayloadPage { request: row_of(&record), parts })
    }

    async fn compare(&self, id: String, with: Option<String>) -> Result<ComparePage, Problem> {
        self.person()?;
        let record = self.record(&id).await?;
        let earlier = match with.filter(|with| !with.is_empty()) {
            Some(with) => Some(self.record(&with).await?.id),
            None => self.app.store.payload_before(record.id).await.map_err(|error| match error {
                crate::store::StoreError::Missing => nothing(),
                error => fail(error),
            })?,
        };
        let (compared, why) = match earlier {
            Some(earlier) => (Some(self.compared(&record, earlier).await?), String::new()),
            None => (None, FIRST.to_owned()),
        };
        Ok(ComparePage { request: row_of(&record), compared, why })
    }
}

/// Why there is nothing to compare with.
const FIRST: &str = "No earlier request of this conversation was logged: either this is its first, or the log was not on \
                     before. A conversation is known by its key, its model and the first words of the person.";
