//! Codes that a person enters on a vendor's page, from whatever device. They are waited for by the replica that asked
//! for them, and after a stop by the one that starts first.

use super::oauth::{NoTokens, agreed, granted};
use super::sign_in::{Kept, proxy_of, settle};
use crate::clock;
use crate::state::App;
use crate::store::snapshot::Provider;
use crate::store::{Stage, StoreError, StoredSignIn};
use std::sync::Arc;
use std::time::Duration;

/// Goes on waiting for the codes of devices that a person may still enter. Only at start.
pub async fn resume(app: &App) {
    if let Err(error) = taken_up(app).await {
        tracing::error!(%error, "sign-ins that were under way could not be taken up again");
    }
}

async fn taken_up(app: &App) -> Result<(), StoreError> {
    for sign_in in app.store.left_sign_ins(clock::now().unix_ms).await? {
        // Whoever comes back from a page needs nobody to wait; what cannot be read belongs to another version.
        let Some(kept) = sign_in.kept().ok().filter(|kept| kept.device.is_some()) else { continue };
        let provider = app.snapshot().provider(&sign_in.provider_id).cloned();
        let Some(provider) = provider.filter(|provider| provider.signs_in) else { continue };
        // Of replicas that start together one takes it.
        let left = sign_in.stage == Stage::Left;
        if left && !app.store.move_sign_in(&sign_in.id, Stage::Left, Stage::Waiting, None, "").await? {
            continue;
        }
        tracing::info!(provider = provider.spec.id, "a sign-in that was under way goes on");
        let state = App::clone(app);
        app.tasks.spawn(async move { wait(&state, &Arc::clone(&provider), &sign_in, kept).await });
    }
    Ok(())
}

/// Waits until the person has entered the code, or has not.
pub(super) async fn wait(app: &App, provider: &Arc<Provider>, sign_in: &StoredSignIn, kept: Kept) {
    let (Ok(spec), Some(device)) = (kept.of(provider), &kept.device) else { return };
    let left = sign_in.expires_at.saturating_sub(clock::now().unix_ms);
    let left = Duration::from_millis(u64::try_from(left).unwrap_or(0));
    let stopping = app.tasks.stopping();
    let proxy = proxy_of(provider, sign_in.account);
    let who = kept.client();
    let proof = kept.proof.clone();
    let agreeing = agreed(app, &spec, who.as_ref(), (device, left), proof, proxy.as_ref());
    let answer = tokio::select! {
        answer = agreeing => answer,
        () = gone(app, &sign_in.id) => return,
        () = stopping.cancelled() => {
            let moved = app.store.move_sign_in(&sign_in.id, Stage::Waiting, Stage::Left, None, "").await;
            if let Err(error) = moved {
                tracing::error!(%error, "a sign-in could not be left to the next start");
            }
            return;
        }
    };
    // The code is spent: what it gave is not let go of.
    let _vital = app.tasks.vital();
    let granted = match answer {
        Ok(answer) => granted(app, &spec, answer, who.as_ref(), None, proxy.as_ref()).await,
        Err(why) => Err(why),
    };
    // Nobody asks again: what is not to be had now is not to be had by this code.
    let granted = granted.map_err(|why| match why {
        NoTokens::Later(words) => NoTokens::Refused(words),
        why => why,
    });
    let moved = app.store.move_sign_in(&sign_in.id, Stage::Waiting, Stage::Finishing, None, "").await;
    match moved {
        Ok(true) => {
            if let Err(error) = settle(app, provider, sign_in, &kept, granted).await {
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
        tokio::time::sleep(Duration::from_secs(2)).await;
        let waiting = app.store.sign_in(id).await.map(|sign_in| sign_in.stage == Stage::Waiting);
        // A database that does not answer says nothing of the person.
        if matches!(waiting, Ok(false) | Err(StoreError::Missing)) {
            return;
        }
    }
}
