//! Ports of this machine that a vendor leads back to although we are at another: whoever comes there is sent on.

use crate::state::App;
use axum::Router;
use axum::response::Redirect;
use http::Uri;
use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Notify;

/// How long a port is kept open: as long as a person may take.
const OPEN: Duration = Duration::from_secs(15 * 60);

/// The ports that are open now, each with a way to keep it open for longer.
#[derive(Debug, Default)]
pub struct Callbacks {
    open: Arc<Mutex<HashMap<u16, Arc<Notify>>>>,
}

impl Callbacks {
    /// Opens a port; whoever comes there is sent on to us at `to`. `false`: another program has it.
    pub async fn listen(&self, app: &App, port: u16, to: u16) -> bool {
        let known = self.ports().get(&port).cloned();
        if let Some(longer) = known {
            longer.notify_one();
            return true;
        }
        let listener = match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
            Ok(listener) => listener,
            Err(error) => {
                tracing::warn!(port, %error, "the way back from a sign-in page is taken by another program");
                return false;
            }
        };
        let longer = Arc::new(Notify::new());
        self.ports().insert(port, Arc::clone(&longer));
        let (open, stopping) = (Arc::clone(&self.open), app.tasks.stopping());
        let over = async move {
            loop {
                tokio::select! {
                    () = longer.notified() => {}
                    () = tokio::time::sleep(OPEN) => return,
                    () = stopping.cancelled() => return,
                }
            }
        };
        let on = move |uri: Uri| async move {
            Redirect::to(&format!("http://localhost:{to}/callback?{}", uri.query().unwrap_or_default()))
        };
        app.tasks.spawn(async move {
            let served = axum::serve(listener, Router::new().fallback(on)).with_graceful_shutdown(over).await;
            if let Err(error) = served {
                tracing::warn!(port, %error, "the way back from a sign-in page broke");
            }
            open.lock().unwrap_or_else(PoisonError::into_inner).remove(&port);
        });
        true
    }

    fn ports(&self) -> std::sync::MutexGuard<'_, HashMap<u16, Arc<Notify>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
