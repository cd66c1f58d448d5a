//! Settings: password, sessions, key policy, limits, retention.

use super::login::no_hash;
use super::{Desk, fail, internal};
use crate::clock;
use crate::session::password;
use crate::store::{PERSON, SessionRecord};
use app::api::payload::Payloads;
use app::api::settings::{Policy, SessionRow, Settings, SettingsPage};
use app::api::{Problem, ProblemKind};
use async_trait::async_trait;
use sha2::{Digest, Sha256};

/// Names a session without being usable as its cookie.
fn public_id(id: &str) -> String {
    Sha256::digest(id.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// A browser's description of itself in words.
fn browser(agent: &str) -> String {
    let find = |names: &[(&str, &'static str)]| {
        names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    // Order matters: most browsers also claim to be the older ones.
    let browser =
        find(&[("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")]);
    let system = find(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        _ => "An unknown browser".to_owned(),
    }
}

impl Desk {
    fn session_id(&self) -> Option<String> {
        self.visitor.session.as_ref()?.id().map(|id| id.to_string())
    }

    fn session_row(&self, record: SessionRecord) -> SessionRow {
        SessionRow {
            id: public_id(&record.id),
            current: self.session_id().is_some_and(|id| id == record.id),
            browser: browser(&record.agent),
            address: record.address,
            created_at: record.created_at,
            expires_at: record.expires_at,
        }
    }

    async fn database(&self) -> Result<String, Problem> {
        let size = self.app.store.size().await.map_err(fail)?;
        Ok(format!("{}, {}", self.app.store.kind(), app::parts::format::bytes(size)))
    }
}

#[async_trait]
impl Settings for Desk {
    async fn settings(&self) -> Result<SettingsPage, Problem> {
        let person = self.person()?;
        let now = clock::now().unix_ms;
        let sessions = self.app.store.sessions_of(person.id, now).await.map_err(fail)?;
        let config = &self.app.config;
        let key_lock = if config.require_key {
            "REQUIRE_API_KEY is set, so clients always need a key."
        } else if !config.loopback_only() {
            "Ninerouter listens beyond this machine, where clients always need a key."
        } else {
            ""
        };
        Ok(SettingsPage {
            person: person.name.clone(),
            policy: self.app.snapshot().policy.clone(),
            key_lock: key_lock.to_owned(),
            sessions: sessions.into_iter().map(|record| self.session_row(record)).collect(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            data_dir: config.data_dir.display().to_string(),
            database: self.database().await?,
            payload_log: self.payload_log().await?,
        })
    }

    async fn change_password(&self, current: String, new: String) -> Result<(), Problem> {
        let person = self.person()?.clone();
        self.slow_down()?;
        password::check(&new).map_err(|problem| Problem { field: Some("new".to_owned()), ..problem })?;
        if !password::verify(current, Some(person.password_hash.clone())).await {
            return Err(Problem::invalid("current", "This is not your current password."));
        }
        let hash = password::hash(new).await.ok_or_else(no_hash)?;
        let epoch = self.app.store.set_password(person.id, &hash).await.map_err(fail)?;
        self.app.store.end_sessions(person.id, self.session_id().as_deref()).await.map_err(fail)?;
        if let Some(session) = &self.visitor.session {
            let login = crate::session::visitor::Login { id: person.id, epoch };
            session.insert(PERSON, login).await.map_err(|error| internal(&error))?;
        }
        tracing::info!(name = person.name, "a password was changed");
        Ok(())
    }

    async fn end_session(&self, id: String) -> Result<(), Problem> {
        let person = self.person()?;
        let now = clock::now().unix_ms;
        let sessions = self.app.store.sessions_of(person.id, now).await.map_err(fail)?;
        let found = sessions.into_iter().find(|record| public_id(&record.id) == id);
        let gone = || Problem::new(ProblemKind::NotFound, "This session has already ended.");
        let ended = self.app.store.end_session(person.id, &found.ok_or_else(gone)?.id).await.map_err(fail)?;
        if ended { Ok(()) } else { Err(gone()) }
    }

    async fn sign_out_everywhere(&self) -> Result<(), Problem> {
        let person = self.person()?;
        self.app.store.raise_epoch(person.id).await.map_err(fail)?;
        self.app.store.end_sessions(person.id, None).await.map_err(fail)?;
        match &self.visitor.session {
            Some(session) => session.flush().await.map_err(|error| internal(&error)),
            None => Ok(()),
        }
    }

    async fn save_policy(&self, policy: Policy) -> Result<Policy, Problem> {
        self.person()?;
        check(&policy)?;
        self.app.store.save_policy(&policy).await.map_err(fail)?;
        self.publish().await?;
        Ok(policy)
    }
}

/// Refuses limits under which nothing would work.
fn check(policy: &Policy) -> Result<(), Problem> {
    const HOUR: i64 = 3_600_000;
    const LONGEST: i64 = 600_000;
    let within = |field: &str, value: i64, least: i64, most: i64, unit: &str| {
        if (least..=most).contains(&value) {
            return Ok(());
        }
        Err(Problem::invalid(field, format!("Choose between {least} and {most} {unit}.")))
    };
    within("retention_days", i64::from(policy.retention_days), 1, 3650, "days")?;
    within("max_body_bytes", policy.max_body_bytes, 1024, 1 << 30, "bytes")?;
    within("connect_ms", policy.connect_ms, 100, 120_000, "ms")?;
    within("first_byte_ms", policy.first_byte_ms, 100, HOUR, "ms")?;
    within("whole_reply_ms", policy.whole_reply_ms, 100, HOUR, "ms")?;
    within("idle_ms", policy.idle_ms, 100, HOUR, "ms")?;
    within("first_token_ms", policy.first_token_ms, 100, LONGEST, "ms")?;
    within("stall_ms", policy.stall_ms, 500, LONGEST, "ms")?;
    within("affinity_ms", policy.affinity_ms, 0, HOUR, "ms")?;
    within("circuit_ms", policy.circuit_ms, 1000, LONGEST, "ms")?;
    if !(1 << 20..=1 << 40).contains(&policy.payload_bytes) {
        let message = "Choose between 1 and 1048576 MB. To log nothing, leave the payload log off.";
        return Err(Problem::invalid("payload_bytes", message));
    }
    within("payload_days", i64::from(policy.payload_days), 1, 3650, "days")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_named_in_words() {
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
        let edge = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/141.0 Safari/537.36 Edg/141.0";
        assert_eq!(browser(firefox), "Firefox on Linux");
        assert_eq!(browser(edge), "Edge on Windows");
        assert_eq!(browser("curl/8"), "An unknown browser");
    }
}
