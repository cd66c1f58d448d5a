//! A console without a server behind it, with made-up data: empty, normal, heavy, or in trouble.
//! Shared by the tests of the pages and by the showcase.

#![expect(unreachable_pub, reason = "shared by a test and an example, which are crates of their own")]

mod alerts;
mod combos;
mod data;
mod endpoints;
mod models;
mod payload;
mod prices;
mod quota;
mod request;
mod saver;
mod sign_in;
pub mod site;
mod translator;
mod usage;
mod what_if;

use app::api::accounts::Accounts;
use app::api::alerts::Alerts;
use app::api::connect::{Connect, ConnectPage, KeyRow, NewKey};
use app::api::login::{Login, Visitor};
use app::api::overview::{FirstSteps, Overview, OverviewPage, TierShare, Totals, Trouble, UnderWayNow};
use app::api::providers::{
    AccountChange, AccountRow, Health, NewAccount, NotOfferedRow, ProviderDetail, ProviderRow, Providers,
    ProvidersPage, Rotation, TestResult,
};
use app::api::requests::{RequestDetail, RequestFilter, RequestList, Requests};
use app::api::settings::{Policy, Settings, SettingsPage};
use app::api::{Clock, Cost, Millis, Problem, ProblemKind, Tier, Tokens};
use async_trait::async_trait;
pub use data::{NOW, request_row};

/// How much there is to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// A new installation before its first request.
    Empty,
    /// A working day.
    Normal,
    /// A great deal of everything, and long names.
    Heavy,
    /// Nobody has set it up yet.
    New,
    /// The database is gone.
    Broken,
}

/// The console that answers with made-up data and remembers nothing.
#[derive(Clone, Copy, Debug)]
pub struct Fake {
    pub mood: Mood,
    pub now: Millis,
}

impl Fake {
    pub fn new(mood: Mood) -> Self {
        Self { mood, now: NOW }
    }

    fn works(&self) -> Result<(), Problem> {
        match self.mood {
            Mood::Broken => {
                Err(Problem::new(ProblemKind::Internal, "The database cannot be read: its file is locked."))
            }
            _ => Ok(()),
        }
    }

    fn full(&self) -> bool {
        matches!(self.mood, Mood::Normal | Mood::Heavy)
    }

    fn any_account(&self) -> Result<AccountRow, Problem> {
        Ok(data::account(self.now, 1, "groq", "personal", Health::Ready))
    }
}

fn missing(what: &str) -> Problem {
    Problem::new(ProblemKind::NotFound, format!("There is no {what} of this name."))
}

#[async_trait]
impl Login for Fake {
    async fn visitor(&self) -> Result<Visitor, Problem> {
        Ok(match self.mood {
            Mood::New => Visitor::SetUpNeeded,
            _ => Visitor::Person { name: "Ada".to_owned() },
        })
    }
    async fn set_up(&self, _token: String, _name: String, password: String) -> Result<(), Problem> {
        if password.len() < 8 {
            return Err(Problem::invalid("password", "A password needs at least 8 characters."));
        }
        Ok(())
    }
    async fn log_in(&self, _name: String, password: String) -> Result<(), Problem> {
        if password == "wrong" {
            return Err(Problem::invalid("password", "This name and password do not fit together."));
        }
        Ok(())
    }
    async fn log_out(&self) -> Result<(), Problem> {
        Ok(())
    }
}

#[async_trait]
impl Overview for Fake {
    async fn overview(&self, _clock: Clock) -> Result<OverviewPage, Problem> {
        self.works()?;
        if !self.full() {
            return Ok(OverviewPage {
                today: Totals::default(),
                yesterday: Totals::default(),
                tiers: Vec::new(),
                recent: Vec::new(),
                under_way: UnderWayNow::default(),
                fallbacks: Vec::new(),
                troubles: Vec::new(),
                alerts: Vec::new(),
                quotas: Vec::new(),
                quotas_known: 0,
                steps: FirstSteps::default(),
            });
        }
        let by = if self.mood == Mood::Heavy { 4_321 } else { 1 };
        let today = Totals {
            requests: 418 * by,
            failed: 3 * by,
            fallbacks: 27 * by,
            tokens: Tokens {
                input: 2_210_400 * by,
                cache_read: 9_804_112 * by,
                cache_write: 611_020 * by,
                output: 384_909 * by,
            },
            cost: Cost {
                known: 3_871_204_500 * by,
                unknown_requests: 6 * by,
                covered: 14_302_000_000 * by,
                covered_unknown: 2 * by,
            },
        };
        let yesterday = Totals {
            requests: 903 * by,
            failed: 11,
            fallbacks: 40,
            tokens: Tokens {
                input: 5_102_000 * by,
                cache_read: 20_400_000 * by,
                cache_write: 1_000_000,
                output: 801_000 * by,
            },
            cost: Cost { known: 7_012_000_000 * by, ..Cost::default() },
        };
        let share = |tier, tokens: i64| TierShare { tier, tokens: tokens * by };
        Ok(OverviewPage {
            today,
            yesterday,
            tiers: vec![
                share(Tier::Subscription, 8_611_000),
                share(Tier::Cheap, 3_020_441),
                share(Tier::Free, 1_290_000),
                share(Tier::Local, 89_000),
            ],
            recent: (0..12).map(|at| request_row(self.now, at)).collect(),
            under_way: data::under_way(self.now),
            fallbacks: data::fallbacks(self.now),
            troubles: vec![Trouble {
                provider_id: "deepseek".to_owned(),
                account: "work".to_owned(),
                sentence: "DeepSeek refused this key (401). Paste a new one or remove the account."
                    .to_owned(),
            }],
            alerts: self.alerts().await?,
            quotas: quota::fullest(self.now),
            quotas_known: if self.mood == Mood::Heavy { 41 } else { 4 },
            steps: FirstSteps { account: true, key: true, request: true },
        })
    }
}

#[async_trait]
impl Requests for Fake {
    async fn requests(&self, filter: RequestFilter) -> Result<RequestList, Problem> {
        self.works()?;
        let mut list = RequestList::default();
        if !self.full() {
            return Ok(list);
        }
        list.providers = ["anthropic", "deepseek", "glm", "groq", "ollama"].map(str::to_owned).to_vec();
        list.keys = ["claude-code laptop", "cline", "ci"].map(str::to_owned).to_vec();
        if !["", "answered", "failed", "broken", "cancelled"].contains(&filter.outcome.as_str()) {
            list.notes.push(format!("There is no outcome called “{}”, so all are shown.", filter.outcome));
        }
        if filter.search != "nothing" {
            list.rows = (0..50).map(|at| request_row(self.now, at)).collect();
            list.next = list.rows.last().map(|row| row.id.clone());
            list.logs = payload::log(self.now, true).rows;
            list.logs.retain(|log| log.until.is_some());
        }
        Ok(list)
    }
    async fn request(&self, id: String) -> Result<RequestDetail, Problem> {
        self.works()?;
        request::request_detail(self.now, &id).ok_or_else(|| {
            Problem::new(
                ProblemKind::NotFound,
                "No request has this id. It may be older than requests are kept.".to_owned(),
            )
        })
    }
}

#[async_trait]
impl Providers for Fake {
    async fn providers(&self) -> Result<ProvidersPage, Problem> {
        self.works()?;
        let connected = if self.full() { data::connected(self.now) } else { Vec::new() };
        let catalogue =
            data::catalogue().into_iter().filter(|row| connected.iter().all(|other| other.id != row.id));
        let not_offered = vec![NotOfferedRow {
            name: "Cursor".to_owned(),
            why: "Its service answers Cursor itself only. Cursor can use Ninerouter instead.".to_owned(),
        }];
        Ok(ProvidersPage { catalogue: catalogue.collect(), connected, not_offered })
    }
    async fn provider(&self, id: String) -> Result<ProviderDetail, Problem> {
        self.works()?;
        data::provider_detail(self.now, &id, self.full()).ok_or_else(|| missing("provider"))
    }
    async fn add_account(&self, account: NewAccount) -> Result<AccountRow, Problem> {
        if account.key.len() < 8 && account.provider != "ollama" {
            return Err(Problem::invalid("key", "This is not a key of Groq: those begin with gsk_."));
        }
        Ok(data::account(self.now, 9, &account.provider, "personal", Health::Ready))
    }
    async fn change_account(&self, _id: i64, change: AccountChange) -> Result<AccountRow, Problem> {
        if change.name.as_deref() == Some("taken") {
            return Err(Problem::invalid("name", "Another account at Groq has this name."));
        }
        self.any_account()
    }
    async fn remove_account(&self, _id: i64) -> Result<(), Problem> {
        Ok(())
    }
    async fn test_account(&self, id: i64) -> Result<TestResult, Problem> {
        let ok = id != 2;
        let sentence = if ok { "Groq answered." } else { "Groq refused this key (401). Paste a new one." };
        Ok(TestResult { ok, sentence: sentence.to_owned(), millis: 412 })
    }
    async fn unpark_account(&self, _id: i64) -> Result<AccountRow, Problem> {
        self.any_account()
    }
    async fn rotate_accounts(&self, id: String, rotation: Rotation) -> Result<ProviderRow, Problem> {
        let row = data::connected(self.now).into_iter().find(|row| row.id == id);
        row.map(|row| ProviderRow { rotation, ..row }).ok_or_else(|| missing("provider"))
    }
}

#[async_trait]
impl Accounts for Fake {
    async fn add_accounts(&self, provider: String, keys: String) -> Result<Vec<AccountRow>, Problem> {
        if keys.lines().any(|key| key.len() < 8) {
            return Err(Problem::invalid("keys", "Line 2: This is not a key."));
        }
        let account = |(id, _)| data::account(self.now, id, &provider, "personal", Health::Ready);
        Ok((9..).zip(keys.lines()).map(account).collect())
    }
    async fn test_accounts(&self, _provider: String) -> Result<TestResult, Problem> {
        let sentence = "1 of 2 accounts answer. work: Groq refused this key (401).".to_owned();
        Ok(TestResult { ok: false, sentence, millis: 412 })
    }
}

#[async_trait]
impl Connect for Fake {
    async fn connect(&self) -> Result<ConnectPage, Problem> {
        self.works()?;
        let (keys, models) =
            if self.full() { (data::keys(self.now), data::models()) } else { (Vec::new(), Vec::new()) };
        Ok(ConnectPage { base_url: "http://127.0.0.1:20128".to_owned(), key_required: true, keys, models })
    }
    async fn create_key(&self, name: String) -> Result<NewKey, Problem> {
        if name == "cline" {
            return Err(Problem::invalid("name", "Another key has this name."));
        }
        let row = KeyRow {
            id: 77,
            name,
            masked: "••••x7Qz".to_owned(),
            created_at: self.now,
            last_used_at: None,
            requests: 0,
        };
        Ok(NewKey { row, secret: "nr-5Jw0e9m2VtqZkC41yYH8dPbTgRxLx7Qz".to_owned() })
    }
    async fn rename_key(&self, _id: i64, _name: String) -> Result<KeyRow, Problem> {
        data::keys(self.now).into_iter().next().ok_or_else(|| missing("key"))
    }
    async fn revoke_key(&self, _id: i64) -> Result<(), Problem> {
        Ok(())
    }
}

#[async_trait]
impl Settings for Fake {
    async fn settings(&self) -> Result<SettingsPage, Problem> {
        self.works()?;
        let lock = "Ninerouter listens beyond this machine, where a key is always needed.";
        Ok(SettingsPage {
            person: "Ada".to_owned(),
            policy: Policy::default(),
            key_lock: if self.mood == Mood::Heavy { lock.to_owned() } else { String::new() },
            sessions: data::sessions(self.now),
            version: "0.1.0".to_owned(),
            data_dir: "/home/ada/.ninerouter".to_owned(),
            database: "SQLite, 14.2 MB".to_owned(),
            payload_log: payload::log(self.now, self.full()),
        })
    }
    async fn change_password(&self, current: String, _new: String) -> Result<(), Problem> {
        if current == "wrong" {
            return Err(Problem::invalid("current", "This is not your current password."));
        }
        Ok(())
    }
    async fn end_session(&self, _id: String) -> Result<(), Problem> {
        Ok(())
    }
    async fn sign_out_everywhere(&self) -> Result<(), Problem> {
        Ok(())
    }
    async fn save_policy(&self, policy: Policy) -> Result<Policy, Problem> {
        if policy.connect_ms < 1_000 {
            return Err(Problem::invalid("connect_ms", "Less than a second is too short for a connection."));
        }
        Ok(policy)
    }
}
