//! How replicas on one PostgreSQL hear of each other's changes: LISTEN and NOTIFY. SQLite has one process only.
//!
//! News only say what to read again. The database is where replicas agree.

use super::{Store, StoreError};
use futures_util::FutureExt;
use sea_orm::sqlx::postgres::{PgListener, PgNotification, PgPoolOptions};
use sea_orm::sqlx::{self, Executor};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, RuntimeErr, Statement};
use std::time::Duration;

/// Each database has channels of its own.
const CHANNEL: &str = "ninerouter";
/// How long a connection that listens may take to be made, or to answer.
const LIMIT: Duration = Duration::from_secs(10);

/// What changed at a replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// Something that the snapshot is made of.
    Settings,
    /// Whether this account is parked, or a model at it.
    Account(i64),
    /// Anything may have: the connection was gone for a while, or a newer version says what we do not know.
    Anything,
}

/// News, and whether they are our own.
#[derive(Clone, Copy, Debug)]
pub struct Heard {
    /// What changed.
    pub news: News,
    /// Whether this process said so.
    pub own: bool,
}

/// A connection that listens.
pub struct Ear {
    listener: PgListener,
    origin: String,
}

impl Store {
    /// Whether there may be other replicas.
    pub fn has_replicas(&self) -> bool {
        self.db.get_database_backend() == DbBackend::Postgres
    }

    /// Tells the other replicas. Each reads everything again every minute in any case, so nothing depends on this.
    pub async fn tell(&self, news: News) {
        if let Err(error) = self.say(&self.db, news).await {
            tracing::warn!(%error, "other replicas could not be told of a change; they find it within a minute");
        }
    }

    /// The same as part of a change: nobody hears of what was taken back.
    pub(super) async fn say(&self, on: &impl ConnectionTrait, news: News) -> Result<(), StoreError> {
        if !self.has_replicas() {
            return Ok(());
        }
        let payload = match news {
            News::Settings => format!("{} settings", self.origin),
            News::Account(id) => format!("{} account {id}", self.origin),
            News::Anything => format!("{} anything", self.origin),
        };
        let values = [CHANNEL.into(), payload.into()];
        let notify = Statement::from_sql_and_values(DbBackend::Postgres, "SELECT pg_notify($1, $2)", values);
        on.execute_raw(notify).await?;
        Ok(())
    }

    /// Begins to listen, on a connection that is not one of the pool's. Never on SQLite.
    pub async fn listen(&self) -> Result<Ear, StoreError> {
        if !self.has_replicas() {
            return Err(StoreError::Missing);
        }
        let options = self.db.get_postgres_connection_pool().connect_options();
        let connecting = async {
            let one = PgPoolOptions::new().max_connections(1).max_lifetime(None).idle_timeout(None);
            let pool = one.acquire_timeout(LIMIT).connect_with((*options).clone()).await?;
            let mut listener = PgListener::connect_with(&pool).await?;
            // A connection that was lost is said to be lost; whoever listens then makes a new one.
            listener.eager_reconnect(false);
            listener.listen(CHANNEL).await?;
            Ok(listener)
        };
        let listener = within(connecting).await?;
        Ok(Ear { listener, origin: self.origin.clone() })
    }
}

impl Ear {
    /// Waits for news, and takes all there are. May be dropped while it waits: nothing is lost by that.
    pub async fn hear(&mut self) -> Result<Vec<Heard>, StoreError> {
        let first = self.listener.try_recv().await.map_err(failed)?;
        let mut heard = vec![self.read(&first.ok_or_else(lost)?)];
        while let Some(more) = self.listener.try_recv().now_or_never() {
            heard.push(self.read(&more.map_err(failed)?.ok_or_else(lost)?));
        }
        Ok(heard)
    }

    /// Whether the connection is still there: one whose other end vanished says nothing, for hours.
    pub async fn check(&mut self) -> Result<(), StoreError> {
        within(async { self.listener.execute("SELECT 1").await.map(drop) }).await
    }

    fn read(&self, said: &PgNotification) -> Heard {
        let mut words = said.payload().split(' ');
        let own = words.next() == Some(self.origin.as_str());
        let news = match (words.next(), words.next().map(str::parse)) {
            (Some("settings"), None) => News::Settings,
            (Some("account"), Some(Ok(id))) => News::Account(id),
            _ => News::Anything,
        };
        Heard { news, own }
    }
}

async fn within<T>(work: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, StoreError> {
    match tokio::time::timeout(LIMIT, work).await {
        Ok(result) => result.map_err(failed),
        Err(_) => Err(failed(sqlx::Error::PoolTimedOut)),
    }
}

fn failed(error: sqlx::Error) -> StoreError {
    StoreError::Database(DbErr::Conn(RuntimeErr::SqlxError(error.into())))
}

fn lost() -> StoreError {
    StoreError::Database(DbErr::Conn(RuntimeErr::Internal("the connection was closed".to_owned())))
}
