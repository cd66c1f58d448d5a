//! First-run set-up, sign-in and sign-out.

use super::{Desk, fail, internal, name, taken};
use crate::clock;
use crate::session::password;
use crate::session::visitor::Login as SessionLogin;
use crate::store::{PERSON, Person};
use app::api::login::{Login, Visitor};
use app::api::{Problem, ProblemKind};
use async_trait::async_trait;

impl Desk {
    /// Counts a try at a password.
    pub(super) fn slow_down(&self) -> Result<(), Problem> {
        self.app.throttle.try_from_address(self.visitor.address).map_err(|seconds| {
            self.wait.get_or_init(|| seconds);
            Problem::new(
                ProblemKind::TooMany,
                format!("Too many tries. Wait {seconds} seconds, then try again."),
            )
        })
    }

    /// The person of that name and password.
    pub(super) async fn authenticate(&self, name: &str, password: String) -> Result<Person, Problem> {
        self.slow_down()?;
        let person = self.app.store.person_named(name.trim()).await.map_err(fail)?;
        let hash = person.as_ref().map(|person| person.password_hash.clone());
        if password::verify(password, hash).await
            && let Some(person) = person
        {
            return Ok(person);
        }
        tracing::warn!(address = %self.visitor.address, "a sign-in was refused");
        Err(Problem {
            message: "This name and password do not fit together. Try again, or run \"ninerouter reset-password\" on \
                      the machine it runs on."
                .to_owned(),
            field: Some("password".to_owned()),
            kind: ProblemKind::SignedOut,
        })
    }

    /// Starts a session under a new id, so that an id known before is worth nothing.
    pub(super) async fn begin_session(&self, person: &Person) -> Result<(), Problem> {
        let Some(session) = &self.visitor.session else { return Ok(()) };
        let login = SessionLogin { id: person.id, epoch: person.epoch };
        session.cycle_id().await.map_err(|error| internal(&error))?;
        session.insert(PERSON, login).await.map_err(|error| internal(&error))?;
        session
            .insert("address", self.visitor.address.to_string())
            .await
            .map_err(|error| internal(&error))?;
        session.insert("agent", &self.visitor.agent).await.map_err(|error| internal(&error))
    }
}

#[async_trait]
impl Login for Desk {
    async fn visitor(&self) -> Result<Visitor, Problem> {
        if let Some(person) = &self.visitor.person {
            return Ok(Visitor::Person { name: person.name.clone() });
        }
        let people = self.app.store.count_people().await.map_err(fail)?;
        Ok(if people == 0 { Visitor::SetUpNeeded } else { Visitor::SignedOut })
    }

    async fn set_up(&self, token: String, person: String, password: String) -> Result<(), Problem> {
        self.slow_down()?;
        if self.app.store.count_people().await.map_err(fail)? > 0 {
            let message = "Ninerouter is already set up. Sign in instead.";
            return Err(Problem::new(ProblemKind::Conflict, message));
        }
        if !self.app.setup.fits(&token) {
            let message = "This set-up link is not the newest one. Open the link that Ninerouter printed when it started.";
            return Err(Problem { message: message.to_owned(), field: None, kind: ProblemKind::SignedOut });
        }
        let person = name("name", &person)?;
        password::check(&password)?;
        let hash = password::hash(password).await.ok_or_else(no_hash)?;
        let made = self.app.store.add_first_person(&person, &hash, clock::now().unix_ms).await;
        let made = made.map_err(taken("name", || "Somebody was faster. Sign in instead.".to_owned()))?;
        tracing::info!(name = made.name, "the first person was set up");
        self.begin_session(&made).await
    }

    async fn log_in(&self, name: String, password: String) -> Result<(), Problem> {
        let person = self.authenticate(&name, password).await?;
        self.begin_session(&person).await
    }

    async fn log_out(&self) -> Result<(), Problem> {
        match &self.visitor.session {
            Some(session) => session.flush().await.map_err(|error| internal(&error)),
            None => Ok(()),
        }
    }
}

pub(super) fn no_hash() -> Problem {
    Problem::new(ProblemKind::Internal, "The password could not be hashed. Try again.")
}
