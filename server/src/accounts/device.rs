//! Codes that a person enters on a vendor's page: waited for by the replica that asked for them.

use super::oauth::{NoTokens, exchange_device};
use super::sign_in::{Kept, proxy_of, settle};
use crate::clock;
use crate::state::App;
use crate::store::snapshot::Provider;
use crate::store::{Stage, StoreError, StoredSignIn};
use std::sync::Arc;

/// Waits again for those that were waited for when Ninerouter stopped. Where there are other replicas nobody knows who
/// waits for which, and they begin again.
pub async fn resume(app: &App) -> Result<(), StoreError> {
    if app.store.has_replicas() {
        return Ok(());
    }
    for sign_in in app.store.waiting_sign_ins(clock::now().unix_ms).await? {
        let Ok(kept) = sign_in.kept() else { continue };
        let Some(provider) = app.snapshot().provider(&sign_in.provider_id).cloned() else { continue };
        if kept.device.is_some() && provider.signs_in {
            let state = App::clone(app);
            app.tasks.spawn(async move { wait(&state, &provider, &sign_in, kept).await });
        }
    }
    Ok(())
}

/// Waits until the person has entered the code, or has not.
pub(super) async fn wait(app: &App, provider: &Arc<Provider>, sign_in: &StoredSignIn, kept: Kept) {
    let (Some(spec), Some(device)) = (&provider.spec.sign_in, &kept.device) else { return };
    let stopping = app.tasks.stopping();
    let proxy = proxy_of(provider, sign_in.account);
    let who = kept.client();
    let exchanging = exchange_device(app, spec, who.as_ref(), device, kept.proof.clone(), proxy.as_ref());
    let granted = tokio::select! {
        granted = exchanging => granted,
        () = gone(app, &sign_in.id) => return,
        () = stopping.cancelled() => {
            // It is waited for again after the start.
            if !app.store.has_replicas() {
                return;
            }
            let why = "Ninerouter was stopped meanwhile. Begin again.";
            let moved = app.store.move_sign_in(&sign_in.id, Stage::Waiting, Stage::Failed, None, why).await;
            if let Err(error) = moved {
                tracing::error!(%error, "a sign-in could not be ended");
            }
            return;
        }
    };
    // Nobody asks again: what is not to be had now is not to be had by this code.
    let granted = granted.map_err(|why| match why {
        NoTokens::Later(words) => NoTokens::Refused(words),
        why => why,
    });
    let moved = app.store.move_sign_in(&sign_in.id, Stage::Waiting, Stage::Finishing, None, "").await;
    match moved {
        Ok(true) => {
            if let Err(error) = settle(app, provider, sign_in, granted).await {
                tracing::warn!(provider = provider.spec.id, "sign-in failed: {error}");
            }
        }
        Ok(false) => {}
        Err(error) => tracing::error!(%error, "a sign-in could not be finished"),
    }
}

/// Resolves when nobody waits for a sign-in any more.
async fn gone(app: &App, id: &str) {
    loop {
        tokio::time::sleep(std::time::Duration::from_secs(2)).await;
        let waiting = app.store.sign_in(id).await.map(|sign_in| sign_in.stage == Stage::Waiting);
        // A database that does not answer says nothing of the person.
        if matches!(waiting, Ok(false) | Err(StoreError::Missing)) {
            return;
        }
    }
}
