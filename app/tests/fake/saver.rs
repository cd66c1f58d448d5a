//! The saver of the fake.

use super::{Fake, Mood};
use app::api::Problem;
use app::api::saver::{
    FilterRow, KeySaver, Preview, Sample, SavedLine, Saver, SaverLevel, SaverPage, SavingRow, Stretch,
};
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
        let normal = SaverPage {
            keys: vec![key(1, "claude-code laptop", None), key(2, "ci", Some(SaverLevel::Off))],
            total: line("", 812_000, 431_000),
            by_filter: vec![line("test-output", 402_000, 161_000), line("git-diff", 410_000, 270_000)],
            by_tool: vec![line("Bash", 790_000, 420_000), line("", 22_000, 11_000)],
            by_model: vec![line("anthropic/claude-sonnet-4-5", 812_000, 431_000)],
            by_day: vec![line("2026-11-29", 512_000, 231_000), line("2026-11-28", 300_000, 200_000)],
            ..page
        };
        if self.mood == Mood::Normal {
            return Ok(normal);
        }
        let long = "a-tool-of-a-server-with-a-name-as-long-as-nobody-would-want-to-type-it";
        let many = |name: &dyn Fn(i64) -> String| -> Vec<_> {
            (1..=30).map(|at| line(&name(at), 90_000_000 * (31 - at), 41_000_000 * (31 - at))).collect()
        };
        Ok(SaverPage {
            keys: (1..=20).map(|id| key(id, &format!("{long} {id}"), None)).collect(),
            total: SavedLine { cost: 0, ..line("", 81_200_000_000, 43_100_000_000) },
            by_tool: many(&|at| format!("mcp__server__{long}_{at}")),
            by_model: many(&|at| format!("a-provider/{long}-{at}")),
            by_day: many(&|at| format!("2026-11-{:02}", 31 - at)),
            ..normal
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

    async fn preview(&self, sample: Sample) -> Result<Preview, Problem> {
        self.works()?;
        if sample.text.is_empty() {
            return Err(Problem::invalid("text", "There is nothing to shorten. Paste what a tool gave."));
        }
        let taken_for = format!("Taken for what the command `{}` printed.", sample.tool);
        let whole = SavingRow { texts: 1, ..saving("", "Bash", 1, 900, 300) };
        if sample.text.len() < 10 {
            let unchanged = "It has 5 bytes. What has fewer than 500 is left alone.".to_owned();
            let whole = SavingRow { tokens_after: 900, bytes_after: 3600, ..whole };
            return Ok(Preview { taken_for, whole, unchanged, ..Preview::default() });
        }
        let lines = |from: usize, to: usize| (from..=to).map(|at| format!("line {at}")).collect::<Vec<_>>();
        let same = |from, now_from, lines| Stretch { from, now_from, same: true, lines, now: Vec::new() };
        let cut = Stretch {
            from: 21,
            now_from: 21,
            same: false,
            lines: std::iter::once("<b>&\u{1b}[0m  ".to_owned()).chain(lines(22, 60)).collect(),
            now: vec!["[ninerouter: 40 lines left out]".to_owned()],
        };
        let steps = vec![saving("terminal", "Bash", 1, 900, 850), saving("test-output", "Bash", 1, 850, 300)];
        let stretches = vec![same(1, 1, lines(1, 20)), cut, same(61, 22, lines(61, 64))];
        Ok(Preview { taken_for, whole, steps, unchanged: String::new(), stretches })
    }
}
