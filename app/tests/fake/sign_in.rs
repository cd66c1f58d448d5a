//! Sign-ins: one of each kind, by its id.

use super::{Fake, data::MINUTE, missing};
use app::api::Problem;
use app::api::sign_in::{Back, Flow, NewSignIn, SignIn, SignIns, Stage};
use async_trait::async_trait;

impl Fake {
    fn sign_in_called(&self, id: &str) -> Result<SignIn, Problem> {
        let (flow, pasted) = match id {
            "device" => (Flow::Device, false),
            "paste" => (Flow::Code, true),
            "code" | "done" | "failed" => (Flow::Code, false),
            _ => return Err(missing("sign-in")),
        };
        let stage = match id {
            "done" => Stage::Done,
            "failed" => Stage::Failed,
            _ => Stage::Waiting,
        };
        Ok(SignIn {
            id: id.to_owned(),
            provider_id: "openai-codex".to_owned(),
            provider: "OpenAI Codex".to_owned(),
            flow,
            url: "https://auth.example/authorize?state=x".to_owned(),
            code: if flow == Flow::Device { "WDJB-MJHT" } else { "" }.to_owned(),
            pasted,
            expires_at: self.now + 14 * MINUTE,
            stage,
            sentence: if stage == Stage::Failed {
                "The vendor's page says: Not today. Begin again."
            } else {
                ""
            }
            .to_owned(),
            account: (stage == Stage::Done).then_some(9),
        })
    }
}

#[async_trait]
impl SignIns for Fake {
    async fn opt_in(&self, _provider: String, _on: bool) -> Result<(), Problem> {
        self.works()
    }
    async fn begin_sign_in(&self, new: NewSignIn) -> Result<SignIn, Problem> {
        self.works()?;
        self.sign_in_called(if new.flow == Some(Flow::Device) { "device" } else { "code" })
    }
    async fn sign_in(&self, id: String) -> Result<SignIn, Problem> {
        self.works()?;
        self.sign_in_called(&id)
    }
    async fn paste_sign_in(&self, _id: String, text: String) -> Result<SignIn, Problem> {
        if text.is_empty() {
            return Err(Problem::invalid("text", "There is no code in this."));
        }
        self.sign_in_called("done")
    }
    async fn cancel_sign_in(&self, _id: String) -> Result<(), Problem> {
        self.works()
    }
    async fn came_back(&self, back: Back) -> Result<SignIn, Problem> {
        if back.error.is_empty() {
            return self.sign_in_called("done");
        }
        Err(Problem::invalid("text", format!("The vendor's page says: {}. Begin again.", back.error)))
    }
}
