//! The sign-in of a vendor, under `/oauth`: `GET /authorize` agrees at once and leads back, `POST /device` gives a code
//! that `GET /agree?user_code=` and `GET /refuse?user_code=` decide on, `POST /token` gives and renews tokens, `GET
//! /exchange` takes one for another, and `POST /{instance}/direct` takes a key for one. Strict as OAuth is: a code and
//! what renews tokens work once, for whoever proves that they asked (RFC 6749, 7636, 8628). Beside it `POST /hook/…` is
//! told of alerts.
//!
//! The words of the client id say in what it differs:
//!
//! | word | what |
//! |---|---|
//! | `denied` | the person does not agree (`access_denied`) |
//! | `json` | members come as JSON, the state among them; errors in an envelope (Anthropic, 2026) |
//! | `github` | errors come with 200, tokens never end and nothing renews them (GitHub, 2026) |
//! | `short` | tokens end after a second |
//! | `late` | tokens are renewed near their end only (OpenAI, September 2026) |
//! | `issuing` | an id is issued on the way back, and only that one gets tokens (OpenAI, September 2026) |
//! | `camel` | given out at `POST /register` with a secret; members come as JSON, their names joined by capitals; first tokens end after a second (AWS) |
//! | `slow` | the first look for a device's token is too early (`slow_down`) |

use super::{Frames, Seen};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use futures_util::stream;
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderValue, Response, StatusCode};
use http_body::Frame;
use http_body_util::StreamBody;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

/// Who signs in.
pub(crate) const WHO: &str = "ada@example.com";
/// The grant type of RFC 8628.
const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// The grant type of RFC 7523.
const SIGNED: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// The public half of a key that was made for these tests; `robot.pem` is the other.
const ROBOT: &[u8] = include_bytes!("robot.der");

/// What the vendor knows.
#[derive(Default)]
pub(crate) struct Vendor {
    /// Codes that were given and not used yet: for whom, what proves that they asked, where they led.
    codes: HashMap<String, (String, String, String)>,
    /// Codes of devices: what the person has said, and how often it was looked.
    devices: HashMap<String, (Option<bool>, usize)>,
    /// What renews tokens, by whom.
    renewals: HashMap<String, String>,
    /// Tokens that are good.
    tokens: HashSet<String>,
    given: usize,
    /// Secrets of clients that were registered, by their ids.
    secrets: HashMap<String, String>,
    /// How often tokens were renewed.
    pub(crate) renewed: usize,
    /// What is said of what is left: status and body.
    pub(crate) quota: Option<(u16, String)>,
    /// With what the next posts to `/hook` are answered; 200 when there is nothing more.
    pub(crate) hook: VecDeque<u16>,
    /// What is listed: status and body.
    pub(crate) models: Option<(u16, String)>,
    /// What is listed on further pages, by what they are asked for by; `*`: by anything.
    pub(crate) pages: HashMap<String, (u16, String)>,
    /// Keys are exchanged for nothing from now on.
    pub(crate) revoked: bool,
    /// How many of the next exchanges come to nothing for a passing reason.
    pub(crate) unmade: usize,
    /// Something between answers with a page from now on.
    pub(crate) page: bool,
    /// Answers with 503 from now on.
    pub(crate) down: bool,
    /// How long the token endpoint takes.
    pub(crate) delay: Duration,
    /// How often it was asked, answered or not yet.
    pub(crate) asked: usize,
}

type Members = HashMap<String, String>;
type Refusal = (u16, &'static str, &'static str);

impl Vendor {
    /// Whether a token is one that the vendor takes; `None`: it is none of the vendor's.
    pub(crate) fn takes(&self, token: &str) -> Option<bool> {
        token.starts_with("token-").then(|| self.tokens.contains(token))
    }

    /// No token that was given is good any more.
    pub(crate) fn forget_tokens(&mut self) {
        self.tokens.clear();
    }

    /// Nothing that was given renews tokens any more.
    pub(crate) fn forget_renewals(&mut self) {
        self.renewals.clear();
    }

    /// A token that the vendor takes, without a sign-in.
    pub(crate) fn give(&mut self, client: &str) -> Value {
        self.given += 1;
        let access = format!("token-{}.uncommon-access", self.given);
        self.tokens.insert(access.clone());
        if client.contains("github") {
            return json!({ "access_token": access, "token_type": "bearer", "scope": "read:user,repo" });
        }
        let renewal = format!("renewal-{}.uncommon", self.given);
        self.renewals.insert(renewal.clone(), client.to_owned());
        let claims = json!({ "email": WHO, "https://vendor.example/auth": { "account_id": "acc-1" } });
        let identity = format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims.to_string()));
        let lasts = if client.contains("short") { 1 } else { 3600 };
        let mut answer = json!({
            "access_token": access, "refresh_token": renewal, "token_type": "Bearer", "expires_in": lasts,
            "id_token": identity, "account": { "email_address": WHO },
        });
        if client.contains("late") {
            answer["earliest_refresh_at"] = json!("99999999999");
        }
        answer
    }

    /// An answer at `/oauth`; `None` for other addresses.
    pub(super) fn answer(&mut self, seen: &Seen) -> Option<Response<StreamBody<Frames>>> {
        let (method, address) = seen.line.split_once(' ')?;
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let path = path.strip_prefix("/oauth")?;
        if self.down {
            return Some(whole(503, &json!({ "error": "temporarily_unavailable" })));
        }
        if self.page {
            return Some(text(403, "<html>Just a moment</html>".to_owned()));
        }
        let query = pairs(query.as_bytes());
        Some(match (method, path) {
            ("GET", path) if path.ends_with("/authorize") => self.authorize(&query),
            ("POST", "/register") => self.register(seen),
            ("POST", "/device") => {
                let client = members(seen).get("client_id").cloned().unwrap_or_default();
                let answer = self.device();
                let whose = self.knows(&client, seen);
                match (client.contains("camel"), whose) {
                    (_, false) => whole(401, &json!({ "error": "invalid_client" })),
                    (true, true) => whole(200, &camel(&answer)),
                    (false, true) => whole(200, &answer),
                }
            }
            ("GET", "/agree" | "/refuse") => {
                for (said, _) in self.devices.values_mut() {
                    *said = Some(path == "/agree");
                }
                whole(200, &json!({}))
            }
            ("POST", path) if path.ends_with("/token") => {
                let client = members(seen).get("client_id").cloned().unwrap_or_default();
                match self.token(&client, seen) {
                    Ok(answer) if client.contains("camel") => whole(200, &camel(&answer)),
                    Ok(answer) => whole(200, &answer),
                    Err((_, error, words)) if client.contains("github") => {
                        whole(200, &json!({ "error": error, "error_description": words }))
                    }
                    Err((status, error, words)) if client.contains("json") => {
                        let error = json!({ "type": error, "message": words });
                        whole(status, &json!({ "type": "error", "error": error }))
                    }
                    Err((status, error, words)) => {
                        whole(status, &json!({ "error": error, "error_description": words }))
                    }
                }
            }
            ("GET", "/exchange") => self.exchange(seen),
            ("POST", path) if path.ends_with("/direct") => self.direct(path, seen),
            ("GET", "/models" | "/v1/models" | "/v1beta/models" | "/api/tags") => {
                let after = ["after_id", "pageToken"].iter().find_map(|name| query.get(*name));
                let page = after.map(|after| self.pages.get(after).or_else(|| self.pages.get("*")).cloned());
                let (status, body) = page.unwrap_or(self.models.clone()).unwrap_or((404, "{}".to_owned()));
                text(status, body)
            }
            // For people and programs outside of this process.
            ("GET", "/_quota") => {
                let said = |name: &str| query.get(name).and_then(|text| text.parse::<i64>().ok());
                let told =
                    json!({ "used": said("used"), "week": 100, "balance": "4.80", "resets": said("resets") });
                self.quota = Some((200, told.to_string()));
                whole(200, &told)
            }
            ("POST", path) if path.starts_with("/hook") => {
                whole(self.hook.pop_front().unwrap_or(200), &json!({ "said": path }))
            }
            ("GET", "/quota") => {
                let (status, body) = self.quota.clone().unwrap_or((404, "{}".to_owned()));
                text(status, body)
            }
            _ => whole(404, &json!({ "error": "not_found" })),
        })
    }

    fn authorize(&mut self, query: &Members) -> Response<StreamBody<Frames>> {
        let said = |name: &str| query.get(name).cloned().unwrap_or_default();
        let (client, back) = (said("client_id"), said("redirect_uri"));
        if said("response_type") != "code" || said("code_challenge_method") != "S256" || back.is_empty() {
            return whole(400, &json!({ "error": "invalid_request" }));
        }
        self.given += 1;
        let code = format!("code-{}", self.given);
        let Ok(mut url) = url::Url::parse(&back) else {
            return whole(400, &json!({ "error": "invalid_request" }));
        };
        let mut pairs = url.query_pairs_mut();
        pairs.append_pair("state", &said("state"));
        if client.contains("denied") {
            pairs.append_pair("error", "access_denied").append_pair("error_description", "Not today");
        } else {
            pairs.append_pair("code", &code);
        }
        let mut issued = client;
        if issued.contains("issuing") {
            "issued-1".clone_into(&mut issued);
            pairs.append_pair("client_id", &issued);
        }
        drop(pairs);
        self.codes.insert(code, (issued, said("code_challenge"), back));
        let mut response = whole(302, &json!({}));
        let location = HeaderValue::from_str(url.as_str());
        response.headers_mut().extend(location.ok().map(|location| (LOCATION, location)));
        response
    }

    fn device(&mut self) -> Value {
        self.given += 1;
        let code = format!("device-{}", self.given);
        self.devices.insert(code.clone(), (None, 0));
        json!({
            "device_code": code, "user_code": "WDJB-MJHT", "verification_uri": "https://vendor.example/device",
            "expires_in": 900, "interval": 1,
        })
    }

    /// Whoever names itself is registered.
    fn register(&mut self, seen: &Seen) -> Response<StreamBody<Frames>> {
        let said: Value = serde_json::from_slice(&seen.body).unwrap_or_default();
        if said["clientName"].as_str().is_none_or(str::is_empty) || said["clientType"] != "public" {
            let words = "Invalid client metadata provided";
            return whole(400, &json!({ "error": "invalid_client_metadata", "error_description": words }));
        }
        self.given += 1;
        let (id, secret) = (format!("camel-short-{}", self.given), format!("secret-{}.uncommon", self.given));
        self.secrets.insert(id.clone(), secret.clone());
        whole(200, &json!({ "clientId": id, "clientSecret": secret, "clientSecretExpiresAt": 1_787_776_000 }))
    }

    /// Whether a client proves itself, where it has to.
    fn knows(&self, client: &str, seen: &Seen) -> bool {
        let shown = members(seen).get("client_secret").cloned();
        !client.contains("camel") || shown.is_some() && self.secrets.get(client) == shown.as_ref()
    }

    /// Registrations are over.
    pub(crate) fn forget_clients(&mut self) {
        self.secrets.clear();
    }

    fn token(&mut self, client: &str, seen: &Seen) -> Result<Value, Refusal> {
        let json = seen.header("content-type").is_some_and(|kind| kind.starts_with("application/json"));
        if json != (client.contains("json") || client.contains("camel")) {
            return Err((400, "invalid_request", "Invalid request format"));
        }
        if !self.knows(client, seen) {
            return Err((401, "invalid_client", "Invalid client provided"));
        }
        let members = members(seen);
        let said = |name: &str| members.get(name).map(String::as_str).unwrap_or_default();
        match said("grant_type") {
            "authorization_code" => {
                let (asked, challenge, back) = self.codes.remove(said("code")).ok_or((
                    400,
                    "invalid_grant",
                    "Invalid 'code' in request.",
                ))?;
                let proof = URL_SAFE_NO_PAD.encode(Sha256::digest(said("code_verifier")));
                if asked != client || proof != challenge || back != said("redirect_uri") {
                    return Err((400, "invalid_grant", "This code was given to somebody else."));
                }
                if json && said("state").is_empty() {
                    return Err((400, "invalid_request", "Invalid request format"));
                }
                Ok(self.give(client))
            }
            "refresh_token" => {
                let spent = said("refresh_token");
                let whose = self.renewals.remove(spent);
                if whose.is_none_or(|whose| whose != client) {
                    return Err((400, "invalid_grant", "Refresh token not found or invalid"));
                }
                if client.contains("gitlab") {
                    // What was given with it ends at once (doorkeeper).
                    self.tokens
                        .remove(&spent.replace("renewal", "token").replace(".uncommon", ".uncommon-access"));
                }
                self.renewed += 1;
                // Renewed ones last, so that a test need not wait.
                Ok(self.give(&client.replace("short", "long")))
            }
            // Google's service accounts: whoever signs is known by the key (RFC 7523).
            SIGNED => {
                let bad = (400, "invalid_grant", "Invalid JWT Signature.");
                let (signed, signature) = said("assertion").rsplit_once('.').ok_or(bad)?;
                let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| bad)?;
                let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, ROBOT);
                key.verify(signed.as_bytes(), &signature).map_err(|_| bad)?;
                let claims = URL_SAFE_NO_PAD.decode(signed.split('.').nth(1).ok_or(bad)?).map_err(|_| bad)?;
                let claims: Value = serde_json::from_slice(&claims).map_err(|_| bad)?;
                if !claims["aud"].as_str().is_some_and(|aud| aud.ends_with("/oauth/token")) {
                    return Err((400, "invalid_grant", "Invalid JWT: Failed audience check."));
                }
                self.given += 1;
                self.renewed += 1;
                let access = format!("token-{}.uncommon-access", self.given);
                self.tokens.insert(access.clone());
                Ok(json!({ "access_token": access, "expires_in": 3599, "token_type": "Bearer" }))
            }
            DEVICE => {
                let slow = client.contains("slow");
                let (said, looked) = self.devices.get_mut(said("device_code")).ok_or((
                    400,
                    "expired_token",
                    "The code has expired.",
                ))?;
                *looked += 1;
                match said {
                    _ if slow && *looked == 1 => Err((400, "slow_down", "Too many requests.")),
                    None => Err((400, "authorization_pending", "The person has not agreed yet.")),
                    Some(false) => Err((400, "access_denied", "The person refused.")),
                    Some(true) => Ok(self.give(client)),
                }
            }
            _ => Err((400, "unsupported_grant_type", "No such grant.")),
        }
    }

    fn exchange(&mut self, seen: &Seen) -> Response<StreamBody<Frames>> {
        let shown = seen.header("authorization").and_then(|shown| shown.strip_prefix("token "));
        if !shown.is_some_and(|token| self.tokens.contains(token)) {
            return whole(401, &json!({ "message": "Bad credentials" }));
        }
        self.given += 1;
        let access = format!("token-{}.uncommon-access", self.given);
        self.tokens.insert(access.clone());
        whole(200, &json!({ "token": access, "expires_at": 99_999_999_999_i64, "refresh_in": 1500 }))
    }
}

impl Vendor {
    /// A key for a token and headers that say whose it is (GitLab, 2026), among them some that are nobody's business.
    fn direct(&mut self, path: &str, seen: &Seen) -> Response<StreamBody<Frames>> {
        let shown = seen.header("authorization").and_then(|shown| shown.strip_prefix("Bearer "));
        let takes = |key: &str| key.starts_with("glpat-good") || self.tokens.contains(key);
        if !shown.is_some_and(|key| takes(key) && !self.revoked) {
            return whole(401, &json!({ "message": "401 Unauthorized" }));
        }
        if self.unmade > 0 {
            self.unmade -= 1;
            return whole(503, &json!({ "message": "503 Service Unavailable - Token creation failed" }));
        }
        if seen.body != "{}" || seen.header("content-type") != Some("application/json") {
            return whole(400, &json!({ "error": "The body is no object." }));
        }
        self.given += 1;
        self.renewed += 1;
        let access = format!("token-{}.uncommon-access", self.given);
        self.tokens.insert(access.clone());
        let instance = path.trim_start_matches('/').trim_end_matches("/direct");
        whole(
            201,
            &json!({ "token": access, "headers": {
                "X-Gitlab-Realm": "saas", "x-gitlab-instance-id": format!("{instance}-{}", self.given),
                "x-gitlab-odd": ["no", "text"], "x-gitlab-broken": "a\nb", "x-other-vendor": "stolen",
                "authorization": "Bearer stolen", "x-api-key": "stolen", "host": "evil.example", "cookie": "a=b",
            } }),
        )
    }
}

fn members(seen: &Seen) -> Members {
    let json: Result<HashMap<String, String>, _> = serde_json::from_slice(&seen.body);
    json.map_or_else(
        |_| pairs(&seen.body),
        |members| members.into_iter().map(|(name, value)| (snake(&name), value)).collect(),
    )
}

/// A name with its words joined by lines, however they were joined.
fn snake(name: &str) -> String {
    let letter = |letter: char| match letter {
        'A'..='Z' => format!("_{}", letter.to_ascii_lowercase()),
        _ => letter.to_string(),
    };
    name.chars().map(letter).collect()
}

/// Members with their words joined by capitals.
fn camel(members: &Value) -> Value {
    let name = |name: &String| {
        let mut words = name.split('_');
        let first = words.next().unwrap_or_default().to_owned();
        words.fold(first, |joined, word| joined + &word[..1].to_ascii_uppercase() + &word[1..])
    };
    let members = members.as_object().into_iter().flatten();
    members.map(|(member, value)| (name(member), value.clone())).collect()
}

fn pairs(text: &[u8]) -> Members {
    url::form_urlencoded::parse(text).map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

fn whole(status: u16, body: &Value) -> Response<StreamBody<Frames>> {
    text(status, body.to_string())
}

fn text(status: u16, body: String) -> Response<StreamBody<Frames>> {
    let frames: Frames = Box::pin(stream::iter([Ok(Frame::data(Bytes::from(body)))]));
    let mut response = Response::new(StreamBody::new(frames));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::IM_A_TEAPOT);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
