//! A translator that has one translation for everything.

use super::Fake;
use app::api::Problem;
use app::api::translator::{Asking, Translated, Translator};
use async_trait::async_trait;

#[async_trait]
impl Translator for Fake {
    async fn translate(&self, asking: Asking) -> Result<Translated, Problem> {
        self.works()?;
        if asking.text.contains("narrator") {
            let message = "`messages[1].role` must be user or assistant, not \"narrator\".";
            return Err(Problem::invalid("text", message));
        }
        let made: Translated = serde_json::from_str(include_str!("translated.json"))
            .map_err(|error| Problem::invalid("text", error.to_string()))?;
        if asking.to == "messages" {
            let (from, text) = (asking.from, asking.text);
            return Ok(Translated { from, to: asking.to, text, dropped: Vec::new(), ..made });
        }
        Ok(Translated { to: asking.to, ..made })
    }
}
