//! What every handler shares.

use crate::accounts::callbacks::Callbacks;
use crate::accounts::models::{Nearby, Unlisted};
use crate::clock;
use crate::config::Config;
use crate::gateway::blocks::Blocks;
use crate::gateway::live::Live;
use crate::gateway::pins::{self, Pins};
use crate::gateway::standing::Memory;
use crate::gateway::under_way::AllUnderWay;
use crate::payloads::writer::PayloadWriter;
use crate::session::setup::SetupLink;
use crate::session::throttle::Throttle;
use crate::store::snapshot::{Keepers, Snapshot};
use crate::store::{News, Store, StoreError};
use crate::tasks::Tasks;
use crate::telemetry::Telemetry;
use crate::upstream::client::{ClientError, Clients};
use crate::usage::budget::Budgets;
use crate::usage::recorder::{Recorder, Then};
use arc_swap::ArcSwap;
use catalog::{Catalog, CatalogError};
use std::path::Path;
use std::sync::Arc;
use tokio::sync::Mutex;

/// Why the state could not be built.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// A catalogue file is at fault.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// A user's catalogue file could not be read.
    #[error("The provider file {0} could not be read: {1}")]
    File(String, std::io::Error),
    /// The HTTP client could not be made.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Shared by every handler and task.
#[derive(Debug)]
pub struct State {
    /// Boot configuration.
    pub config: Config,
    /// The database.
    pub store: Store,
    /// Known providers.
    pub catalog: Catalog,
    /// What is known of accounts beside what is written down.
    pub keepers: Keepers,
    /// Servers on this machine that nobody has connected.
    pub nearby: Nearby,
    /// Providers that have no list of their models.
    pub unlisted: Unlisted,
    /// Ports that sign-in pages lead back to.
    pub callbacks: Callbacks,
    /// HTTP clients.
    pub clients: Arc<Clients>,
    /// Writes usage.
    pub recorder: Recorder,
    /// Writes the payload log.
    pub payloads: PayloadWriter,
    /// What is used of budgets.
    pub budgets: Arc<Budgets>,
    /// Tells open dashboards.
    pub live: Live,
    /// Requests that are not yet answered to the end.
    pub under_way: AllUnderWay,
    /// Tells others who watch over requests.
    pub telemetry: Arc<Telemetry>,
    /// Background work.
    pub tasks: Tasks,
    /// Whose turn it is, and where conversations were answered.
    pub memory: Memory,
    /// What each conversation keeps from its beginning.
    pub pins: Pins,
    /// What the saver has made of texts of late.
    pub blocks: Blocks,
    /// The one-time link of the first run.
    pub setup: SetupLink,
    /// Slows down guessing of passwords.
    pub throttle: Throttle,
    /// The port really listened on.
    pub port: u16,
    snapshot: ArcSwap<Snapshot>,
    /// Held while the store is read: an older reading must not replace a newer one.
    refreshing: Mutex<()>,
}

/// The state, as handlers hold it.
pub type App = Arc<State>;

impl State {
    /// Builds the state around an open store. `port` is the one listened on.
    pub async fn build(config: Config, store: Store, port: u16) -> Result<App, StateError> {
        let catalog = Catalog::builtin()?.with_user_files(user_files(&config.data_dir)?)?;
        let keepers = Keepers::default();
        let snapshot = store.snapshot(&catalog, &keepers).await?;
        let clients = Arc::new(Clients::new(&config.proxy, snapshot.policy.connect_ms)?);
        let tasks = Tasks::default();
        let live = Live::default();
        let setup = SetupLink::new(store.seal(), &store.seal_check().await?);
        let budgets = Arc::new(Budgets::default());
        let now = clock::now().unix_ms;
        budgets.read(&store, &snapshot, now).await?;
        let pins = Pins::default();
        for (conversation, pin, at) in store.pins(now - pins::KEPT_MS, pins::MOST as u64).await? {
            pins.keep(conversation, pin, at);
        }
        let telemetry = Arc::new(Telemetry::start(config.otlp.as_ref(), &clients, &tasks));
        let then =
            Then { budgets: Arc::clone(&budgets), live: live.clone(), telemetry: Arc::clone(&telemetry) };
        let recorder = Recorder::start(store.clone(), then, &tasks);
        let payloads = PayloadWriter::start(store.clone(), snapshot.policy.payload_bytes, &tasks);
        Ok(Arc::new(Self {
            config,
            catalog,
            keepers,
            nearby: Nearby::default(),
            unlisted: Unlisted::default(),
            callbacks: Callbacks::default(),
            clients,
            recorder,
            payloads,
            budgets,
            live,
            under_way: AllUnderWay::default(),
            telemetry,
            tasks,
            setup,
            throttle: Throttle::default(),
            memory: Memory::default(),
            pins,
            blocks: Blocks::default(),
            port,
            snapshot: ArcSwap::from_pointee(snapshot),
            refreshing: Mutex::default(),
            store,
        }))
    }

    /// What routing reads, as of now.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    /// Publishes what was just changed, here and at other replicas. Called after every change.
    pub async fn republish(&self) -> Result<(), StateError> {
        self.store.tell(News::Settings).await;
        self.memory.forget();
        self.refresh().await
    }

    /// Reads the store again and publishes a new snapshot.
    pub async fn refresh(&self) -> Result<(), StateError> {
        let _one_at_a_time = self.refreshing.lock().await;
        let snapshot = self.store.snapshot(&self.catalog, &self.keepers).await?;
        self.clients.set_connect_limit(snapshot.policy.connect_ms)?;
        self.budgets.read(&self.store, &snapshot, clock::now().unix_ms).await?;
        self.payloads.limit(snapshot.policy.payload_bytes);
        self.snapshot.store(Arc::new(snapshot));
        Ok(())
    }

    /// Where clients reach us, without a trailing slash.
    pub fn public_url(&self) -> String {
        self.config.public_url(self.port)
    }
}

/// `<data dir>/providers/*.toml`, by name.
fn user_files(data_dir: &Path) -> Result<Vec<(String, String)>, StateError> {
    let folder = data_dir.join("providers");
    let unreadable = |path: &Path, error| StateError::File(path.display().to_string(), error);
    let entries = match std::fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(&folder, error)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| unreadable(&folder, error))?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let text = std::fs::read_to_string(&path).map_err(|error| unreadable(&path, error))?;
            files.push((path.display().to_string(), text));
        }
    }
    files.sort();
    Ok(files)
}
