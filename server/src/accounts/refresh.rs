//! Tokens renewed, and the grants behind them where those end too.

use super::exchange::exchanged;
use super::oauth::{Answer, NoTokens, client, ends, grant_of, granted, scopes, secret, why_not_renewed};
use super::service_account;
use super::vendor::Vendor;
use crate::clock;
use crate::config::Secret;
use crate::state::App;
use crate::store::{Grant, Registered, Tokens};
use catalog::SignIn;
use oauth2::{RefreshToken, TokenResponse};

/// What became of a renewal.
#[derive(Debug)]
pub(super) enum Renewed {
    /// Tokens that go with requests.
    Tokens(Tokens),
    /// The grant behind them was renewed, and what renewed it is spent: these are to be kept before what goes with requests
    /// is renewed.
    Grant(Tokens),
}

/// Renews tokens. What renews them may change by it. `whole`: the grant behind them may be renewed too, where there is
/// one. `proxy`: the account's own.
pub(super) async fn renew(
    app: &App,
    spec: &SignIn,
    tokens: &Tokens,
    whole: bool,
    proxy: Option<&Secret>,
) -> Result<Renewed, NoTokens> {
    let Some(renewal) = &tokens.renewal else {
        return Err(NoTokens::Refused("the sign-in is over and cannot be renewed".to_owned()));
    };
    let who = tokens.client.as_ref();
    if spec.exchange.is_some() {
        let soon = clock::now().unix_ms.saturating_add(spec.lead.0);
        let grant = tokens.grant.as_ref().filter(|_| whole);
        if let Some(grant) = grant.filter(|grant| grant.ends.is_some_and(|end| end <= soon)) {
            return Ok(Renewed::Grant(regranted(app, spec, tokens, grant, proxy).await?));
        }
        let exchanged = exchanged(app, spec, renewal, who.cloned(), proxy).await;
        return match (exchanged, grant) {
            // It may have been revoked before its end.
            (Err(NoTokens::Refused(_)), Some(grant)) => {
                Ok(Renewed::Grant(regranted(app, spec, tokens, grant, proxy).await?))
            }
            (fresh, _) => Ok(Renewed::Tokens(Tokens { grant: tokens.grant.clone(), ..fresh? })),
        };
    }
    if spec.flows.is_empty() {
        return Ok(Renewed::Tokens(service_account::grant(app, spec, renewal, proxy).await?.tokens));
    }
    let answer = refreshed(app, spec, renewal, who, proxy).await?;
    Ok(Renewed::Tokens(granted(app, spec, answer, who, Some(renewal), proxy).await?.tokens))
}

/// Asks the token endpoint to renew.
async fn refreshed(
    app: &App,
    spec: &SignIn,
    refresh: &Secret,
    who: Option<&Registered>,
    proxy: Option<&Secret>,
) -> Result<Answer, NoTokens> {
    let client = client(spec, who)?;
    let token = RefreshToken::new(refresh.reveal().to_owned());
    let mut asked = client.exchange_refresh_token(&token);
    if spec.scopes_at_renewal {
        asked = asked.add_scopes(scopes(spec));
    }
    for (name, value) in &spec.token_params {
        asked = asked.add_extra_param(name.clone(), value.clone());
    }
    asked.request_async(&Vendor::new(app, spec, proxy)).await.map_err(why_not_renewed)
}

/// Tokens with the grant behind them renewed. What goes with requests is as before.
async fn regranted(
    app: &App,
    spec: &SignIn,
    tokens: &Tokens,
    grant: &Grant,
    proxy: Option<&Secret>,
) -> Result<Tokens, NoTokens> {
    let answer = refreshed(app, spec, &grant.refresh, tokens.client.as_ref(), proxy).await?;
    Ok(Tokens {
        renewal: Some(secret(answer.access_token())),
        grant: Some(grant_of(&answer).unwrap_or_else(|| Grant { ends: ends(&answer), ..grant.clone() })),
        ..tokens.clone()
    })
}
