//! One process at a time opens the database: several that start at once on an empty one would each run its history
//! and make its key.

use super::{StoreError, unusable};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, Statement, TransactionTrait,
};
use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

/// The number of PostgreSQL's advisory lock: any, but the same for every Ninerouter ("ninerout").
const LOCK: i64 = 0x6e69_6e65_726f_7574;

/// The data folder is ours until this is dropped, or the process ends.
pub(super) struct Folder {
    _lock: File,
}

/// The database is ours until this is dropped, or the connection ends.
pub(super) struct Whole {
    _work: Option<DatabaseTransaction>,
}

/// Waits for the data folder's turn. SQLite's own locks are not enough: between two steps of the history, and around
/// the switch to its write-ahead log, it is anybody's.
pub(super) async fn folder(data_dir: &Path) -> Result<Folder, StoreError> {
    let path = data_dir.join("db").join(".opening");
    let open = OpenOptions::new().create(true).truncate(false).write(true).open(path);
    let file = open.map_err(unusable(data_dir))?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => {
            waiting();
            let locked = tokio::task::spawn_blocking(move || file.lock().map(|()| file)).await;
            let locked = locked.unwrap_or_else(|error| Err(std::io::Error::other(error)));
            Ok(Folder { _lock: locked.map_err(unusable(data_dir))? })
        }
        Err(TryLockError::Error(error)) => {
            // Some network file systems have no locks. One process alone does not need one.
            tracing::debug!(%error, "the data folder cannot be locked");
            Ok(Folder { _lock: file })
        }
        Ok(()) => Ok(Folder { _lock: file }),
    }
}

/// Waits for the database's turn, where other machines may open it too.
pub(super) async fn whole(db: &DatabaseConnection) -> Result<Whole, StoreError> {
    if db.get_database_backend() != DbBackend::Postgres {
        return Ok(Whole { _work: None });
    }
    // The transaction does nothing but hold the lock: it goes when the transaction ends, however it ends.
    let work = db.begin().await.map_err(StoreError::Open)?;
    let ask = |function: &str| {
        Statement::from_sql_and_values(DbBackend::Postgres, format!("SELECT {function}($1)"), [LOCK.into()])
    };
    let row = work.query_one_raw(ask("pg_try_advisory_xact_lock")).await?;
    let ours = row.map(|row| row.try_get_by_index::<bool>(0)).transpose()?;
    if ours != Some(true) {
        waiting();
        work.execute_raw(ask("pg_advisory_xact_lock")).await?;
    }
    Ok(Whole { _work: Some(work) })
}

fn waiting() {
    tracing::info!("another Ninerouter is opening the same database: waiting until it has");
}
