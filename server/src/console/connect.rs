//! Connect: the endpoint, the caller keys, and what to paste into each tool.

use super::{Desk, fail, name, taken};
use crate::accounts::seal::fill;
use crate::clock;
use crate::gateway::caller::hash;
use crate::store::StoredKey;
use app::api::Problem;
use app::api::connect::{Connect, ConnectPage, KeyRow, NewKey};
use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::collections::HashMap;

/// What every key begins with, so that people and secret scanners know one when they see it.
const MARK: &str = "nr-";

/// Requests and the time of the last, by key.
type Usage = HashMap<i64, (i64, i64)>;

fn row(key: &StoredKey, usage: &Usage) -> KeyRow {
    let used = usage.get(&key.id);
    KeyRow {
        id: key.id,
        name: key.name.clone(),
        masked: format!("{MARK}••••{}", key.tail),
        created_at: key.created_at,
        last_used_at: used.map(|(_, at)| *at),
        requests: used.map_or(0, |(requests, _)| *requests),
    }
}

#[async_trait]
impl Connect for Desk {
    async fn connect(&self) -> Result<ConnectPage, Problem> {
        self.person()?;
        let keys = self.app.store.keys().await.map_err(fail)?;
        let usage = self.app.store.key_usage().await.map_err(fail)?;
        Ok(ConnectPage {
            base_url: self.app.public_url(),
            key_required: self.key_required(),
            keys: keys.iter().map(|key| row(key, &usage)).collect(),
            models: self.app.snapshot().model_names(),
        })
    }

    async fn create_key(&self, key_name: String) -> Result<NewKey, Problem> {
        self.person()?;
        let key_name = name("name", &key_name)?;
        let mut random = [0_u8; 32];
        fill(&mut random);
        let secret = format!("{MARK}{}", URL_SAFE_NO_PAD.encode(random));
        let tail = secret.get(secret.len() - 4..).unwrap_or_default();
        let made = self.app.store.add_key(&key_name, &hash(&secret), tail, clock::now().unix_ms).await;
        let key = made
            .map_err(taken("name", || format!("A key called \"{key_name}\" exists. Choose another name.")))?;
        self.publish().await?;
        Ok(NewKey { row: row(&key, &Usage::new()), secret })
    }

    async fn rename_key(&self, id: i64, key_name: String) -> Result<KeyRow, Problem> {
        self.person()?;
        let key_name = name("name", &key_name)?;
        let renamed = self.app.store.rename_key(id, &key_name).await;
        let key = renamed
            .map_err(taken("name", || format!("A key called \"{key_name}\" exists. Choose another name.")))?;
        self.publish().await?;
        let usage = self.app.store.key_usage().await.map_err(fail)?;
        Ok(row(&key, &usage))
    }

    async fn revoke_key(&self, id: i64) -> Result<(), Problem> {
        self.person()?;
        self.app.store.delete_key(id).await.map_err(fail)?;
        self.publish().await
    }
}
