//! The payload log: whose requests are kept in full until when, and what was kept of them. It holds what people write
//! and what their tools read, so it is sealed as secrets are.

use super::entity::payloads::{ActiveModel, Column, Entity, Model};
use super::entity::{caller_keys, settings};
use super::requests::first_id;
use super::rows::insert_rows;
use super::{Store, StoreError};
use crate::accounts::seal::{Seal, SealError};
use app::api::payload::{Part, PartSize};
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use sea_orm::ActiveValue::{Set, Unchanged};
use sea_orm::sea_query::{Expr, ExprTrait, Func};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use std::collections::HashMap;
use std::io::{Read, Write};
use uuid::Uuid;

/// Requests looked at at once when the oldest have to go.
const OLDEST: u64 = 256;

/// A part of a request, ready to be written down.
#[derive(Clone, Debug)]
pub struct PackedPart {
    /// What is known of it.
    pub size: PartSize,
    /// Headers and text, compressed and sealed for its place.
    sealed: Vec<u8>,
}

/// What is kept of a request.
#[derive(Clone, Debug)]
pub struct PackedPayload {
    /// The request.
    pub id: Uuid,
    /// When it arrived, Unix ms.
    pub at: i64,
    /// The caller key; 0 where it had none.
    pub key_id: i64,
    /// Tells its conversation from others of the same caller.
    pub conversation: Option<u64>,
    /// Its parts.
    pub parts: Vec<PackedPart>,
}

/// A part of a request as it was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptPart {
    /// What is known of it.
    pub size: PartSize,
    /// Headers that matter; for a reply, its status comes first under the name `status`.
    pub headers: Vec<(String, String)>,
    /// The text, without secrets, as far as it is kept.
    pub text: String,
}

/// How much is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PayloadUse {
    /// Requests.
    pub requests: i64,
    /// Bytes in the database.
    pub bytes: i64,
}

fn number(part: Part) -> i32 {
    match part {
        Part::Request => 0,
        Part::Sent => 1,
        Part::Reply => 2,
    }
}

fn part_of(number: i32) -> Part {
    match number {
        0 => Part::Request,
        1 => Part::Sent,
        _ => Part::Reply,
    }
}

/// A sealed part opens nowhere else.
fn place(id: Uuid, part: i32) -> String {
    format!("payloads/{}/{part}", id.simple())
}

fn bytes(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

impl PackedPart {
    /// Compresses and seals a part of the request `id`. Takes a while: not on a thread that serves streams.
    pub fn pack(seal: &Seal, id: Uuid, kept: &KeptPart) -> Self {
        let mut plain = String::with_capacity(kept.text.len() + 256);
        for (name, value) in &kept.headers {
            // Values of headers have no line ends.
            plain.extend([name, ": ", value, "\n"]);
        }
        plain.push('\n');
        plain.push_str(&kept.text);
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        // Writing to memory does not fail.
        let packed = encoder.write_all(plain.as_bytes()).and_then(|()| encoder.finish()).unwrap_or_default();
        let sealed = seal.seal_bytes(&place(id, number(kept.size.part)), &packed);
        Self { size: kept.size, sealed }
    }
}

fn unpack(seal: &Seal, row: &Model) -> Result<KeptPart, StoreError> {
    let packed = seal.unseal_bytes(&place(row.request_id, row.part), &row.sealed)?;
    let mut plain = String::new();
    DeflateDecoder::new(packed.as_slice()).read_to_string(&mut plain).map_err(|_| SealError::Damaged)?;
    let (mut headers, mut rest) = (Vec::new(), plain.as_str());
    while let Some((line, after)) = rest.split_once('\n') {
        rest = after;
        if line.is_empty() {
            break;
        }
        headers.extend(line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
    Ok(KeptPart {
        size: size_of(row.part, row.bytes, row.kept_bytes, row.redacted),
        headers,
        text: rest.to_owned(),
    })
}

fn size_of(part: i32, bytes: i64, kept: i64, redacted: i32) -> PartSize {
    PartSize { part: part_of(part), bytes, kept, redacted: i64::from(redacted) }
}

/// PostgreSQL sums whole numbers to a type without end.
fn stored() -> Expr {
    Expr::expr(Func::sum(Expr::col(Column::StoredBytes))).cast_as("BIGINT")
}

impl Store {
    /// Until when requests without a key are kept in full, Unix ms; `None`: they are not. An end that is past stands
    /// there, too.
    pub async fn log_without_key(&self) -> Result<Option<i64>, StoreError> {
        Ok(settings::Entity::find_by_id(1).one(&self.db).await?.ok_or(StoreError::Missing)?.log_until_at)
    }

    /// Says until when requests of a key (0: without a key) are kept in full; `None`: no longer, and what is under way is
    /// not kept either.
    pub async fn set_log(&self, key: i64, until: Option<i64>) -> Result<(), StoreError> {
        if key == 0 {
            let row =
                settings::ActiveModel { id: Unchanged(1), log_until_at: Set(until), ..Default::default() };
            row.update(&self.db).await?;
            return Ok(());
        }
        let set = caller_keys::Entity::update_many()
            .col_expr(caller_keys::Column::LogUntilAt, Expr::value(until))
            .filter(caller_keys::Column::Id.eq(key))
            .exec(&self.db)
            .await?;
        if set.rows_affected == 0 { Err(StoreError::Missing) } else { Ok(()) }
    }

    /// Writes down what is kept, but for requests whose log was stopped since, then takes away the oldest until all
    /// together take no more than `most` bytes.
    pub async fn write_payloads(&self, payloads: &[PackedPayload], most: i64) -> Result<(), StoreError> {
        let work = self.begin().await?;
        let mut rows = Vec::new();
        for payload in payloads {
            if until(&work, payload.key_id).await?.is_some_and(|until| until > payload.at) {
                rows.extend(payload.parts.iter().map(|part| row(payload, part)));
            }
        }
        insert_rows(&work, rows.into_iter()).await?;
        shrink(&work, most).await?;
        Ok(work.commit().await?)
    }

    /// Takes away the oldest until all together take no more than `most` bytes, and those of requests that arrived before
    /// `before`, Unix ms. Gives how many parts that were.
    pub async fn sweep_payloads(&self, before: i64, most: i64) -> Result<u64, StoreError> {
        let work = self.begin().await?;
        let old = Entity::delete_many().filter(Column::RequestId.lt(first_id(before))).exec(&work).await?;
        let shrunk = shrink(&work, most).await?;
        work.commit().await?;
        Ok(old.rows_affected + shrunk)
    }

    /// Deletes what was kept of a key's requests (0: of those without a key), or of all.
    pub async fn forget_payloads(&self, key: Option<i64>) -> Result<(), StoreError> {
        let mut all = Entity::delete_many();
        if let Some(key) = key {
            all = all.filter(Column::KeyId.eq(key));
        }
        all.exec(&self.db).await?;
        Ok(())
    }

    /// How much is kept, by key.
    pub async fn payload_use(&self) -> Result<HashMap<i64, PayloadUse>, StoreError> {
        let rows: Vec<(i64, i64, Option<i64>)> = Entity::find()
            .select_only()
            .column(Column::KeyId)
            .column_as(Expr::expr(Func::count_distinct(Expr::col(Column::RequestId))), "requests")
            .column_as(stored(), "stored")
            .group_by(Column::KeyId)
            .into_tuple()
            .all(&self.db)
            .await?;
        let used = |(key, requests, bytes): (i64, i64, Option<i64>)| {
            (key, PayloadUse { requests, bytes: bytes.unwrap_or(0) })
        };
        Ok(rows.into_iter().map(used).collect())
    }

    /// What is kept of a request, without the texts.
    pub async fn payload_sizes(&self, id: Uuid) -> Result<Vec<PartSize>, StoreError> {
        let rows: Vec<(i32, i64, i64, i32)> = Entity::find()
            .select_only()
            .columns([Column::Part, Column::Bytes, Column::KeptBytes, Column::Redacted])
            .filter(Column::RequestId.eq(id))
            .order_by_asc(Column::Part)
            .into_tuple()
            .all(&self.db)
            .await?;
        Ok(rows
            .into_iter()
            .map(|(part, bytes, kept, redacted)| size_of(part, bytes, kept, redacted))
            .collect())
    }

    /// What is kept of a request.
    pub async fn payload(&self, id: Uuid) -> Result<Vec<KeptPart>, StoreError> {
        let rows =
            Entity::find().filter(Column::RequestId.eq(id)).order_by_asc(Column::Part).all(&self.db).await?;
        rows.iter().map(|row| unpack(&self.seal, row)).collect()
    }

    /// The last request before this one, of the same conversation, of which something is kept.
    pub async fn payload_before(&self, id: Uuid) -> Result<Option<Uuid>, StoreError> {
        let this = Entity::find_by_id((id, 0)).one(&self.db).await?.ok_or(StoreError::Missing)?;
        let Some(conversation) = this.conversation else { return Ok(None) };
        let before = Entity::find()
            .select_only()
            .column(Column::RequestId)
            .filter(Column::Conversation.eq(conversation))
            .filter(Column::Part.eq(0))
            .filter(Column::RequestId.lt(id))
            .order_by_desc(Column::RequestId)
            .limit(1);
        Ok(before.into_tuple().one(&self.db).await?)
    }

    /// The requests of a key (0: without a key), or all, of which something is kept, oldest first, from behind `after` on.
    pub async fn payload_ids(
        &self,
        key: Option<i64>,
        after: Uuid,
        limit: u64,
    ) -> Result<Vec<Uuid>, StoreError> {
        let mut ids = Entity::find()
            .select_only()
            .column(Column::RequestId)
            .filter(Column::Part.eq(0))
            .filter(Column::RequestId.gt(after))
            .order_by_asc(Column::RequestId)
            .limit(limit);
        if let Some(key) = key {
            ids = ids.filter(Column::KeyId.eq(key));
        }
        Ok(ids.into_tuple().all(&self.db).await?)
    }
}

fn row(payload: &PackedPayload, part: &PackedPart) -> ActiveModel {
    ActiveModel {
        request_id: Set(payload.id),
        part: Set(number(part.size.part)),
        key_id: Set(payload.key_id),
        conversation: Set(payload.conversation.map(u64::cast_signed)),
        bytes: Set(part.size.bytes),
        kept_bytes: Set(part.size.kept),
        stored_bytes: Set(bytes(part.sealed.len())),
        redacted: Set(i32::try_from(part.size.redacted).unwrap_or(i32::MAX)),
        sealed: Set(part.sealed.clone()),
    }
}

/// Until when requests of a key are kept. Held until the transaction ends: whoever stops it waits for that, so that what
/// is deleted afterwards is all there is.
async fn until(work: &DatabaseTransaction, key: i64) -> Result<Option<i64>, StoreError> {
    Ok(if key == 0 {
        settings::Entity::find_by_id(1).lock_shared().one(work).await?.and_then(|row| row.log_until_at)
    } else {
        caller_keys::Entity::find_by_id(key).lock_shared().one(work).await?.and_then(|row| row.log_until_at)
    })
}

/// Takes away the oldest until all together take no more than `most` bytes. Gives how many parts that were.
async fn shrink(work: &DatabaseTransaction, most: i64) -> Result<u64, StoreError> {
    let sum: Option<Option<i64>> =
        Entity::find().select_only().column_as(stored(), "stored").into_tuple().one(work).await?;
    let mut over = sum.flatten().unwrap_or(0).saturating_sub(most);
    let mut deleted = 0;
    while over > 0 {
        let oldest: Vec<(Uuid, Option<i64>)> = Entity::find()
            .select_only()
            .column(Column::RequestId)
            .column_as(stored(), "stored")
            .group_by(Column::RequestId)
            .order_by_asc(Column::RequestId)
            .limit(OLDEST)
            .into_tuple()
            .all(work)
            .await?;
        let mut last = None;
        for (id, stored) in oldest {
            if over <= 0 {
                break;
            }
            over -= stored.unwrap_or(0);
            last = Some(id);
        }
        let Some(last) = last else { break };
        let gone = Entity::delete_many().filter(Column::RequestId.lte(last)).exec(work).await?;
        deleted += gone.rows_affected;
    }
    Ok(deleted)
}
