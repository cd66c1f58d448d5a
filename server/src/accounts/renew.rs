//! Tokens are renewed before they end, one renewal at a time for each account however many requests wait for it, and
//! kept before they are used.

use super::oauth::NoTokens;
use super::refresh::{Renewed, renew};
use super::tokens::Token;
use crate::clock;
use crate::config::Secret;
use crate::state::App;
use crate::store::snapshot::{Account, Provider};
use crate::store::{Renewing, StoreError, StoredTokens, Tokens};
use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often it is looked whether a token is to be renewed.
const EVERY: Duration = Duration::from_secs(20);
/// How long a request waits for a renewal.
const PATIENCE: Duration = Duration::from_secs(45);
/// How often keeping new tokens is tried, in ms between the tries: what renewed them is worth nothing any more.
pub(super) const KEEPING: [u64; 5] = [0, 200, 1_000, 5_000, 20_000];

/// Why an account has no token to go with a request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotReady {
    /// A person has to sign in again.
    #[error("It has to be signed in to again: {0}")]
    Ended(String),
    /// It could not be renewed just now.
    #[error("Its sign-in could not be renewed: {0}")]
    Later(String),
}

/// Sees that an account's token can be used. Gives its generation; `None` where the account has a key or needs none.
pub async fn ready(app: &App, provider: &Arc<Provider>, account: &Account) -> Result<Option<i64>, NotReady> {
    let Some(token) = account.token() else { return Ok(None) };
    let held = token.held();
    if token.usable(&held, clock::now().unix_ms) {
        return Ok(Some(held.generation));
    }
    if held.ended {
        return Err(NotReady::Ended(held.why.clone()));
    }
    // A client that leaves must not take the renewal with it: between the vendor's answer and the database it would be
    // lost.
    let (told, telling) = tokio::sync::oneshot::channel();
    let (state, provider) = (App::clone(app), Arc::clone(provider));
    let (token, account, proxy) = (Arc::clone(token), account.id, account.proxy.clone());
    app.tasks.spawn(async move {
        // Whoever asked may be gone.
        let _ =
            told.send(renewed(&state, &provider, (account, proxy.as_ref()), &token, held.generation).await);
    });
    match tokio::time::timeout(PATIENCE, telling).await {
        Ok(Ok(renewed)) => renewed.map(Some),
        Ok(Err(_)) => Err(NotReady::Later("Ninerouter is stopping".to_owned())),
        // It goes on beside; the next request has what comes of it.
        Err(_) => Err(NotReady::Later("its renewal takes too long".to_owned())),
    }
}

/// Renews a token, unless that was done meanwhile. Gives the generation to use.
async fn renewed(
    app: &App,
    provider: &Provider,
    (account, proxy): (i64, Option<&Secret>),
    token: &Token,
    generation: i64,
) -> Result<i64, NotReady> {
    let _turn = token.turn.lock().await;
    let held = token.held();
    // A newer one of which only the grant was renewed has ended all the same.
    if held.generation > generation && token.usable(&held, clock::now().unix_ms) {
        return Ok(held.generation);
    }
    if held.ended {
        return Err(NotReady::Ended(held.why.clone()));
    }
    if let Some(why) = token.just_failed(clock::now().unix_ms) {
        return Err(NotReady::Later(why));
    }
    let Some(spec) = &provider.spec.sign_in else {
        return Err(NotReady::Later(format!("{} knows no sign-in any more", provider.spec.name)));
    };
    let known = provider.accounts.iter().find(|known| known.id == account);
    let spec = &*known.map_or(Cow::Borrowed(spec), |known| spec.of(&known.values));
    let failed = |error: StoreError| {
        tracing::error!(%error, account, "an account's tokens could not be read");
        NotReady::Later("the database failed".to_owned())
    };
    // Closed is a semaphore that nobody closes.
    let _one_of_few = app.keepers.wallet.renewals.acquire().await;
    // What renews a token may be spent before the new one is kept.
    let _vital = app.tasks.vital();
    let (mut generation, mut whole) = (held.generation, true);
    loop {
        keep_late(app, account, token).await.map_err(failed)?;
        let renewing = app.store.renewing(account).await.map_err(failed)?;
        let newer = renewing.stored.generation > generation;
        if newer || renewing.stored.ended {
            // Another replica was faster, or a person signed in again.
            token.take(&renewing.stored, Some(spec));
        }
        if renewing.stored.ended {
            return Err(NotReady::Ended(renewing.stored.why));
        }
        // One that stopped half way left what has ended.
        if newer && token.usable(&token.held(), clock::now().unix_ms) {
            return Ok(token.held().generation);
        }
        match renew(app, spec, &renewing.stored.tokens, whole, proxy).await {
            Ok(Renewed::Grant(mut half)) => {
                let now = clock::now().unix_ms;
                if !token.usable(&token.held(), now) {
                    // It may have been refused before its end: nobody is to use it for its new number.
                    half.expires_at = Some(now);
                }
                generation = keep(app, renewing, half, token).await.generation;
                whole = false;
            }
            Ok(Renewed::Tokens(fresh)) => {
                let stored = keep(app, renewing, fresh, token).await;
                token.take(&stored, Some(spec));
                tracing::info!(provider = provider.spec.id, account, "sign-in renewed");
                return Ok(token.held().generation);
            }
            Err(why) => {
                let ended = !matches!(why, NoTokens::Later(_));
                let words = format!("{} says: {why}", provider.spec.name);
                tracing::warn!(provider = provider.spec.id, account, ended, "sign-in not renewed: {why}");
                token.note_failure(clock::now().unix_ms, &words);
                match app.store.note_failed_renewal(renewing, ended, &words).await {
                    Ok(stored) => token.take(&stored, Some(spec)),
                    Err(error) => {
                        tracing::error!(%error, account, "a failed renewal could not be written down");
                    }
                }
                return Err(if ended { NotReady::Ended(words) } else { NotReady::Later(words) });
            }
        }
    }
}

/// Keeps new tokens, with patience. They are to be used also when the database will not have them, because the old ones
/// are worth nothing any more; then they are kept as soon as it will.
async fn keep(app: &App, mut renewing: Renewing, fresh: Tokens, token: &Token) -> StoredTokens {
    let now = clock::now().unix_ms;
    for wait in KEEPING {
        tokio::time::sleep(Duration::from_millis(wait)).await;
        match app.store.keep_tokens(&mut renewing, &fresh, now).await {
            Ok(stored) => return stored,
            Err(error) => tracing::error!(%error, "renewed tokens could not be kept; trying again"),
        }
    }
    tracing::error!(
        "renewed tokens are used without being kept yet: do not stop Ninerouter before the database is back"
    );
    let generation = renewing.stored.generation + 1;
    let unkept =
        StoredTokens { tokens: fresh, renewed_at: now, generation, ended: false, why: String::new() };
    token.note_unkept(Some(unkept.clone()));
    unkept
}

/// Keeps what the database would not have before. Nothing is renewed as long as it will not: what renews the tokens
/// changes by it.
async fn keep_late(app: &App, account: i64, token: &Token) -> Result<(), StoreError> {
    let Some(unkept) = token.unkept() else { return Ok(()) };
    let mut renewing = app.store.renewing(account).await?;
    if renewing.stored.generation < unkept.generation {
        app.store.keep_tokens(&mut renewing, &unkept.tokens, unkept.renewed_at).await?;
    }
    token.note_unkept(None);
    Ok(())
}

/// Renews what is about to end, until shutdown.
pub async fn run(app: App) {
    let stopping = app.tasks.stopping();
    loop {
        ahead(&app, &stopping).await;
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = stopping.cancelled() => return,
        }
    }
}

/// Renews every token whose time has come. Once Ninerouter is stopping no renewal is begun that nobody waits for.
async fn ahead(app: &App, stopping: &CancellationToken) {
    let now = clock::now().unix_ms;
    let snapshot = app.snapshot();
    for provider in snapshot.providers() {
        for account in &provider.accounts {
            let Some(token) = account.token().filter(|_| account.enabled && provider.signs_in) else {
                continue;
            };
            if stopping.is_cancelled() {
                return;
            }
            if let Err(error) = keep_late(app, account.id, token).await {
                tracing::error!(%error, account = account.id, "renewed tokens could still not be kept");
            }
            let held = token.held();
            if !held.ended && held.renew_at.is_some_and(|at| at <= now) {
                // What failed is written down and tried again at the next look.
                let _ = renewed(app, provider, (account.id, account.proxy.as_ref()), token, held.generation)
                    .await;
            }
        }
    }
}
