//! Tokens are renewed before they end, one renewal at a time for each account however many requests wait for it, and
//! kept before they are used.

use super::oauth::{NoTokens, renew};
use super::tokens::Token;
use crate::clock;
use crate::config::Secret;
use crate::state::App;
use crate::store::snapshot::{Account, Provider};
use crate::store::{Renewing, StoreError, Tokens};
use std::sync::Arc;
use std::time::Duration;

/// How often it is looked whether a token is to be renewed.
const EVERY: Duration = Duration::from_secs(20);
/// How often keeping new tokens is tried, in ms between the tries: what renewed them is worth nothing any more.
const KEEPING: [u64; 5] = [0, 200, 1_000, 5_000, 20_000];

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
    match telling.await {
        Ok(renewed) => renewed.map(Some),
        Err(_) => Err(NotReady::Later("Ninerouter is stopping".to_owned())),
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
    if held.generation > generation {
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
    let failed = |error: StoreError| {
        tracing::error!(%error, account, "an account's tokens could not be read");
        NotReady::Later("the database failed".to_owned())
    };
    let renewing = app.store.renewing(account).await.map_err(failed)?;
    if renewing.stored.generation > generation || renewing.stored.ended {
        // Another replica was faster, or a person signed in again.
        token.take(&renewing.stored, Some(spec));
        let Renewing { stored, .. } = renewing;
        return if stored.ended { Err(NotReady::Ended(stored.why)) } else { Ok(stored.generation) };
    }
    match renew(app, spec, &renewing.stored.tokens, proxy).await {
        Ok(fresh) => {
            keep(app, renewing, fresh, |stored| token.take(stored, Some(spec))).await;
            tracing::info!(provider = provider.spec.id, account, "sign-in renewed");
            Ok(token.held().generation)
        }
        Err(why) => {
            let ended = !matches!(why, NoTokens::Later(_));
            let words = format!("{} says: {why}", provider.spec.name);
            tracing::warn!(provider = provider.spec.id, account, ended, "sign-in not renewed: {why}");
            token.note_failure(clock::now().unix_ms, &words);
            match app.store.note_failed_renewal(renewing, ended, &words).await {
                Ok(stored) => token.take(&stored, Some(spec)),
                Err(error) => tracing::error!(%error, account, "a failed renewal could not be written down"),
            }
            Err(if ended { NotReady::Ended(words) } else { NotReady::Later(words) })
        }
    }
}

/// Keeps new tokens, with patience, and then takes them into use: also when the database will not have them, because
/// the old ones are worth nothing any more.
async fn keep(app: &App, mut renewing: Renewing, fresh: Tokens, take: impl Fn(&crate::store::StoredTokens)) {
    let now = clock::now().unix_ms;
    for wait in KEEPING {
        tokio::time::sleep(Duration::from_millis(wait)).await;
        match app.store.keep_tokens(&mut renewing, &fresh, now).await {
            Ok(stored) => return take(&stored),
            Err(error) => tracing::error!(%error, "renewed tokens could not be kept; trying again"),
        }
    }
    tracing::error!(
        "renewed tokens are used without being kept: after a restart a person has to sign in again"
    );
    let generation = renewing.stored.generation + 1;
    take(&crate::store::StoredTokens {
        tokens: fresh,
        renewed_at: now,
        generation,
        ended: false,
        why: String::new(),
    });
}

/// Renews what is about to end, until shutdown.
pub async fn run(app: App) {
    let stopping = app.tasks.stopping();
    loop {
        ahead(&app).await;
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = stopping.cancelled() => return,
        }
    }
}

/// Renews every token whose time has come.
async fn ahead(app: &App) {
    let now = clock::now().unix_ms;
    let snapshot = app.snapshot();
    for provider in snapshot.providers() {
        for account in &provider.accounts {
            let Some(token) = account.token().filter(|_| account.enabled && provider.signs_in) else {
                continue;
            };
            let held = token.held();
            if !held.ended && held.renew_at.is_some_and(|at| at <= now) {
                // What failed is written down and tried again at the next look.
                let _ = renewed(app, provider, (account.id, account.proxy.as_ref()), token, held.generation)
                    .await;
            }
        }
    }
}
