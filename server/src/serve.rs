//! Opens everything, listens, and closes everything in the order that loses nothing.

use crate::accounts::alerts;
use crate::accounts::device::resume;
use crate::accounts::models;
use crate::accounts::quota::probe;
use crate::accounts::renew;
use crate::accounts::vendor;
use crate::config::{Config, ConfigError};
use crate::router::router;
use crate::session::password;
use crate::state::{App, State, StateError};
use crate::store::{Store, StoreError};
use crate::usage::{budget, recalculate, retain};
use crate::{clock, replicas};
use axum::serve::ListenerExt;
use std::future::IntoFuture;
use std::io::Write;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// How long cut streams may take to end, and then usage to be written.
const LAST: Duration = Duration::from_secs(10);

/// Why Ninerouter did not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The configuration is at fault.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The store could not be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The state could not be built.
    #[error(transparent)]
    State(#[from] StateError),
    /// The address is in use.
    #[error(
        "{0} is in use, perhaps by another Ninerouter. Stop that program or choose another port, e.g. PORT={next}.",
        next = .0.port().wrapping_add(1)
    )]
    InUse(SocketAddr),
    /// The address cannot be listened on.
    #[error("{0} cannot be listened on: {1}. Change HOST or PORT.")]
    Listen(SocketAddr, std::io::Error),
    /// INITIAL_PASSWORD is too weak.
    #[error("INITIAL_PASSWORD cannot be used: {0}")]
    WeakPassword(String),
    /// The system gives no signals.
    #[error("The system's signals cannot be received: {0}")]
    Signals(std::io::Error),
    /// The listener failed.
    #[error("The listener failed: {0}")]
    Listener(std::io::Error),
}

/// Runs until SIGINT or SIGTERM.
pub async fn run(config: Config) -> Result<(), ServeError> {
    let address = config.address();
    let listener = TcpListener::bind(address).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => ServeError::InUse(address),
        _ => ServeError::Listen(address, error),
    })?;
    let store = Store::open(&config).await?;
    let people = make_first_person(&config, &store).await?;
    if people == 0 && !config.loopback_only() {
        return Err(ConfigError::OpenWithoutPassword(config.host).into());
    }
    let port = listener.local_addr().map_err(ServeError::Listener)?.port();
    let app = State::build(config, store, port).await?;
    app.tasks.spawn(retain::run(App::clone(&app)));
    app.tasks.spawn(replicas::run(App::clone(&app)));
    app.tasks.spawn(budget::run(App::clone(&app)));
    app.tasks.spawn(recalculate::run(App::clone(&app)));
    app.tasks.spawn(renew::run(App::clone(&app)));
    app.tasks.spawn(probe::run(App::clone(&app)));
    app.tasks.spawn(alerts::run(App::clone(&app)));
    app.tasks.spawn(models::run(App::clone(&app)));
    resume(&app).await;
    greet(&app, people == 0);
    serve(listener, app).await
}

/// The first person out of INITIAL_PASSWORD. Gives how many people there are now.
async fn make_first_person(config: &Config, store: &Store) -> Result<u64, ServeError> {
    let people = store.count_people().await?;
    let (0, Some(secret)) = (people, &config.initial_password) else { return Ok(people) };
    password::check(secret.reveal()).map_err(|problem| ServeError::WeakPassword(problem.message))?;
    let hash = password::hash(secret.reveal().to_owned()).await;
    let hash = hash.ok_or_else(|| ServeError::WeakPassword("It could not be hashed.".to_owned()))?;
    match store.add_first_person("admin", &hash, clock::now().unix_ms).await {
        // Another replica on the same database may have been faster.
        Ok(_) | Err(StoreError::Taken) => Ok(1),
        Err(error) => Err(error.into()),
    }
}

/// What a person at the console needs next. Printed whatever the log filter says.
fn greet(app: &App, first_run: bool) {
    let url = app.public_url();
    let mut text = format!("Ninerouter {} is ready at {url}\n", env!("CARGO_PKG_VERSION"));
    if first_run {
        text += &format!("Open this link to choose a password (it works once):\n  {}\n", app.setup.url(&url));
    }
    // Without a console there is nobody to greet.
    let _ = std::io::stdout().write_all(text.as_bytes());
}

async fn serve(listener: TcpListener, app: App) -> Result<(), ServeError> {
    let mut terminate = signal(SignalKind::terminate()).map_err(ServeError::Signals)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(ServeError::Signals)?;
    let tasks = app.tasks.clone();
    let drain = Duration::from_secs(app.config.drain_seconds.into());
    let asked = tasks.clone();
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping: open requests have {} s to end", drain.as_secs());
        asked.stop();
    };
    let listener = listener.tap_io(|stream| {
        // Without it, small frames of a stream wait for one another.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY could not be set");
        }
    });
    let service = router(&app).into_make_service_with_connect_info::<SocketAddr>();
    drop(app);
    let server = axum::serve(listener, service).with_graceful_shutdown(stop).into_future();
    tokio::pin!(server);
    let drained = async {
        tasks.stopping().cancelled().await;
        tokio::time::sleep(drain).await;
    };
    let ended = tokio::select! {
        ended = &mut server => Some(ended),
        () = drained => None,
    };
    match ended {
        Some(ended) => ended.map_err(ServeError::Listener)?,
        None => {
            tracing::warn!("some requests did not end in time and are told that Ninerouter is stopping");
            tasks.cut();
            if tokio::time::timeout(LAST, server).await.is_err() {
                tracing::warn!("some connections did not close");
            }
        }
    }
    if !tasks.wait(LAST, vendor::LIMIT).await {
        tracing::error!(
            "not all usage and tokens may have been written: the database or a vendor was too slow"
        );
    }
    Ok(())
}
