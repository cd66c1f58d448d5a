//! The saver of the fake.

use super::Fake;
use app::api::Problem;
use app::api::saver::{FilterRow, KeySaver, SavedLine, Saver, SaverLevel, SaverPage, SavingRow};
use app::api::terse::Terse;
use async_trait::async_trait;

/// What a filter saved.
pub(crate) fn saving(filter: &str, tool: &str, texts: i64, before: i64, after: i64) -> SavingRow {
    SavingRow {
        filter: filter.to_owned(),
        tool: tool.to_owned(),
        texts,
        bytes_before: before * 4,
        bytes_after: after * 4,
        tokens_before: before,
        tokens_after: after,
    }
}

fn line(of: &str, before: i64, after: i64) -> SavedLine {
    SavedLine { of: of.to_owned(), saving: saving("", "", 12, before, after), cost: (before - after) * 300 }
}

#[async_trait]
impl Saver for Fake {
    async fn saver(&self) -> Result<SaverPage, Problem> {
        self.works()?;
        let filter =
            |name: &str, does: &str, on| FilterRow { name: name.to_owned(), does: does.to_owned(), on };
        let page = SaverPage {
            level: SaverLevel::Safe,
            filters: vec![
                filter("git-diff", "Diffs: context far from a change; every changed line stays", true),
                filter("json", "Pretty-printed JSON: blanks between values", false),
            ],
            since: self.now - 30 * 86_400_000,
            ..SaverPage::default()
        };
        if !self.full() {
            return Ok(page);
        }
        let key = |id, name: &str, level| KeySaver {
            id,
            name: name.to_owned(),
            level,
            terse: level.map(|_| Terse::Full),
        };
        Ok(SaverPage {
            keys: vec![key(1, "claude-code laptop", None), key(2, "ci", Some(SaverLevel::Off))],
            total: line("", 812_000, 431_000),
            by_filter: vec![line("test-output", 402_000, 161_000), line("git-diff", 410_000, 270_000)],
            by_tool: vec![line("Bash", 790_000, 420_000), line("", 22_000, 11_000)],
            by_model: vec![line("anthropic/claude-sonnet-4-5", 812_000, 431_000)],
            by_day: vec![line("2026-11-29", 512_000, 231_000), line("2026-11-28", 300_000, 200_000)],
            ..page
        })
    }

    async fn save_level(&self, _level: SaverLevel) -> Result<(), Problem> {
        self.works()
    }

    async fn switch_filter(&self, _name: String, _on: bool) -> Result<(), Problem> {
        self.works()
    }

    async fn save_key_saver(
        &self,
        _id: i64,
        _level: Option<SaverLevel>,
        _terse: Option<Terse>,
    ) -> Result<(), Problem> {
        self.works()
    }
}
