//! The database: one file a table family, and the in-memory [`Snapshot`](snapshot::Snapshot) of what routing reads.
//!
//! Only this room names sea-orm. Everything it gives out is a plain type of its own or of `app::api`.

mod accounts;
mod alerts;
mod alone;
mod endpoints;
mod entity;
mod fallbacks;
mod first_tokens;
mod forget;
mod found_models;
mod keys;
mod lines;
mod models_off;
mod names;
mod opt_ins;
mod payloads;
mod people;
mod prices;
mod recalculations;
mod replicas;
mod repricing;
mod requests;
mod rotations;
mod rows;
mod savings;
mod search;
mod sessions;
mod settings;
mod sign_ins;
pub mod snapshot;
mod spending;
mod sum_tables;
mod sums;
mod tokens;
mod usage;
mod used;
mod words;

pub use accounts::{AccountEdit, StoredAccount};
pub use alerts::{Limit, Reached, StoredAlert, StoredAlerting};
pub use endpoints::StoredEndpoint;
pub use first_tokens::FirstTokens;
pub use found_models::Found;
pub use keys::StoredKey;
pub use payloads::{KeptPart, PackedPart, PackedPayload, PayloadUse};
pub use people::Person;
pub use recalculations::Recalculation;
pub use replicas::{Ear, Heard, News};
pub use repricing::Rates;
pub(crate) use requests::first_id;
pub use requests::{AttemptRecord, RequestRecord};
pub use savings::SavingDay;
pub use search::Found as FoundRequests;
pub use sessions::{PERSON, SessionRecord, Sessions};
pub use sign_ins::{Stage, StoredSignIn};
pub use spending::Spending;
pub use sums::{Sum, SumKey};
pub use tokens::{Grant, Registered, Renewing, StoredTokens, Tokens};
pub use usage::{Fallen, Grain, HourUsed, Offsets, Slice, Split, Used};
pub use used::UsedModel;
pub(crate) use words::{cause_word, outcome_word};

use crate::accounts::seal::{CHECK, Seal, SealError, fill};
use crate::config::Config;
use migrations::Migrator;
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, EntityTrait,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use sea_orm_migration::{MigratorTrait, SchemaManager};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Why the store did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The data folder cannot be used.
    #[error(
        "The data folder {0} cannot be written: {1}. Make it writable or set DATA_DIR to another folder."
    )]
    Folder(PathBuf, std::io::Error),
    /// No connection.
    #[error("The database could not be opened: {0}. Check DATABASE_URL and that the database is running.")]
    Open(DbErr),
    /// A step of its history is unknown here.
    #[error(
        "The database was written by a newer Ninerouter (it holds the step {0}). Start that version or newer; \
         nothing was changed."
    )]
    Newer(String),
    /// The history could not be run.
    #[error("The database could not be brought up to date: {0}. It stays as it was at the last whole step.")]
    Migrate(DbErr),
    /// Secrets cannot be used.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The name is taken.
    #[error("already there")]
    Taken,
    /// No such row.
    #[error("not found")]
    Missing,
    /// The database failed.
    #[error("The database failed: {0}")]
    Database(DbErr),
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        match error.sql_err() {
            Some(sea_orm::SqlErr::UniqueConstraintViolation(_)) => Self::Taken,
            _ => Self::Database(error),
        }
    }
}

/// The database and the key to its secrets. Clones share both.
#[derive(Clone, Debug)]
pub struct Store {
    db: DatabaseConnection,
    seal: Seal,
    /// Tells our own news from those of other replicas.
    origin: String,
}

impl Store {
    /// Opens the database, brings it up to date and checks the secret key. Makes folder, database and key on
    /// the first run.
    pub async fn open(config: &Config) -> Result<Self, StoreError> {
        let _folder = make_folder(&config.data_dir).await?;
        let db = connect(config).await?;
        let _whole = alone::whole(&db).await?;
        let fresh = check_history(&db).await?;
        Migrator::up(&db, None).await.map_err(StoreError::Migrate)?;
        // Tables without a settings row hold no secret yet: a start that was cut short may make the key again.
        let unsealed = fresh || entity::settings::Entity::find_by_id(1).one(&db).await?.is_none();
        let seal = Seal::open(config, unsealed)?;
        let mut random = [0_u8; 8];
        fill(&mut random);
        let store = Self { db, seal, origin: format!("{:016x}", u64::from_le_bytes(random)) };
        store.make_settings().await?;
        let check = store.seal_check().await?;
        match store.seal.unseal("settings/seal_check", &check) {
            Ok(text) if text.reveal() == CHECK => Ok(store),
            _ => Err(SealError::Wrong.into()),
        }
    }

    /// Runs the history without opening the rest: `down` steps back, or everything forward.
    pub async fn migrate(config: &Config, down: Option<u32>) -> Result<(), StoreError> {
        let _folder = make_folder(&config.data_dir).await?;
        let db = connect(config).await?;
        let _whole = alone::whole(&db).await?;
        check_history(&db).await?;
        match down {
            Some(steps) => Migrator::down(&db, Some(steps)).await,
            None => Migrator::up(&db, None).await,
        }
        .map_err(StoreError::Migrate)
    }

    /// Begins a transaction that will write. SQLite takes its write lock at once: it refuses, without waiting, one
    /// that has read first and finds that somebody else wrote in between.
    async fn begin(&self) -> Result<DatabaseTransaction, StoreError> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        Ok(self.db.begin_with_options(options).await?)
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.db.ping().await.map_err(StoreError::Database)
    }

    /// "SQLite" or "PostgreSQL".
    pub fn kind(&self) -> &'static str {
        match self.db.get_database_backend() {
            DbBackend::Sqlite => "SQLite",
            _ => "PostgreSQL",
        }
    }

    /// Closes every connection. What was written stays.
    pub async fn close(self) -> Result<(), StoreError> {
        self.db.close().await.map_err(StoreError::Database)
    }

    /// The key to sealed values.
    pub fn seal(&self) -> &Seal {
        &self.seal
    }
}

/// Where the SQLite file is.
pub fn sqlite_path(data_dir: &Path) -> PathBuf {
    data_dir.join("db").join("data.sqlite")
}

fn unusable(data_dir: &Path) -> impl Fn(std::io::Error) -> StoreError {
    |error| StoreError::Folder(data_dir.to_owned(), error)
}

/// Makes the folder, sees that it can be written, and holds it alone.
async fn make_folder(data_dir: &Path) -> Result<alone::Folder, StoreError> {
    use std::os::unix::fs::DirBuilderExt;
    let folder = data_dir.join("db");
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder).map_err(unusable(data_dir))?;
    let alone = alone::folder(data_dir).await?;
    // A read-only folder would only show at the first write, deep inside a request.
    let probe = folder.join(".write-test");
    std::fs::write(&probe, b"").and_then(|()| std::fs::remove_file(&probe)).map_err(unusable(data_dir))?;
    Ok(alone)
}

async fn connect(config: &Config) -> Result<DatabaseConnection, StoreError> {
    let mut options = match &config.database_url {
        Some(url) => ConnectOptions::new(url.reveal().to_owned()),
        None => ConnectOptions::new(format!("sqlite://{}?mode=rwc", sqlite_path(&config.data_dir).display())),
    };
    options.sqlx_logging(false).acquire_timeout(Duration::from_secs(10));
    if config.database_url.is_none() {
        options.max_connections(4).map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .journal_mode(SqliteJournalMode::Wal)
                // In WAL mode this keeps the database whole at any crash; power loss may cost the last commits.
                .synchronous(SqliteSynchronous::Normal)
                .busy_timeout(Duration::from_secs(10))
                .foreign_keys(true)
        });
    } else {
        options.max_connections(10);
    }
    Database::connect(options).await.map_err(StoreError::Open)
}

/// True when no step has been run yet; an error when a step is unknown here.
async fn check_history(db: &DatabaseConnection) -> Result<bool, StoreError> {
    // The table of applied steps is made by the first run.
    if !SchemaManager::new(db).has_table("seaql_migrations").await.map_err(StoreError::Open)? {
        return Ok(true);
    }
    let applied = Migrator::get_migration_models(db).await.map_err(StoreError::Open)?;
    let known: Vec<String> = Migrator::migrations().iter().map(|step| step.name().to_owned()).collect();
    match applied.iter().find(|step| !known.contains(&step.version)) {
        Some(step) => Err(StoreError::Newer(step.version.clone())),
        None => Ok(applied.is_empty()),
    }
}
