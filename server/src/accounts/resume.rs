//! Sign-ins that were under way when Ninerouter was stopped go on when it starts.

use super::sign_in::wait;
use crate::clock;
use crate::state::App;
use crate::store::{Stage, StoreError};
use std::sync::Arc;

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
