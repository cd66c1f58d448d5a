//! The saver: how far it goes, what it has saved, and what it would make of a text.

mod preview;

pub(crate) use preview::submitted;

use super::{Desk, fail};
use crate::clock;
use crate::store::SavingDay;
use crate::usage::savings::add;
use app::api::saver::{FilterRow, KeySaver, Preview, Sample, SavedLine, Saver, SaverLevel, SaverPage};
use app::api::terse::Terse;
use app::api::{Problem, ProblemKind};
use async_trait::async_trait;
use saver::Filter;
use time::OffsetDateTime;

const DAY: i64 = 24 * 3_600_000;
/// Days that are summed up on the page, today included.
const SPAN: i64 = 30;

/// What a filter does, in words.
const fn does(filter: Filter) -> &'static str {
    match filter {
        Filter::Terminal => {
            "Colours, spinners and redrawn progress bars, as a terminal would show them in the end"
        }
        Filter::GitDiff => "Diffs: context far from a change; every changed line stays",
        Filter::GitStatus => "git status: hints, and directories said in front of every path",
        Filter::GitLog => "git log: indentation, and an author said again for every commit",
        Filter::TestOutput => "Test runs: passing tests are counted, failures stay as they are",
        Filter::BuildOutput => "Builds and installs: progress is counted, warnings and errors stay",
        Filter::Grep => "Lines found in files: grouped under their file",
        Filter::Ls => "ls: columns, owners that are all the same",
        Filter::Tree => "tree: drawn branches become indentation",
        Filter::Paths => "Lists of paths: a directory is said once",
        Filter::Numbered => "Files with line numbers: blanks in front of the numbers",
        Filter::Json => "Pretty-printed JSON: blanks between values",
        Filter::Log => "Logs: lines that repeat, with their count",
        Filter::Truncate => "Long output: the middle goes, at the level strong only",
    }
}

/// Sums by a name, the one that saved most first.
fn by(days: &[SavingDay], name: impl Fn(&SavingDay) -> String) -> Vec<SavedLine> {
    let mut lines: Vec<SavedLine> = Vec::new();
    for day in days {
        let of = name(day);
        let known = lines.iter().position(|line| line.of == of).unwrap_or_else(|| {
            lines.push(SavedLine { of, ..SavedLine::default() });
            lines.len() - 1
        });
        if let Some(line) = lines.get_mut(known) {
            add(&mut line.saving, &day.saving);
            line.cost = line.cost.saturating_add(day.cost);
        }
    }
    lines.sort_by_key(|line| line.saving.tokens_after - line.saving.tokens_before);
    lines
}

fn date(at: i64) -> String {
    let day = OffsetDateTime::from_unix_timestamp(at.div_euclid(1000)).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    day.date().to_string()
}

#[async_trait]
impl Saver for Desk {
    async fn saver(&self) -> Result<SaverPage, Problem> {
        self.person()?;
        let (level, on) = self.app.snapshot().saver;
        let today = clock::now().unix_ms.div_euclid(DAY) * DAY;
        let since = today - (SPAN - 1) * DAY;
        let days = self.app.store.saving_days(since).await.map_err(fail)?;
        let keys = self.app.store.keys().await.map_err(fail)?;
        let mut by_day = by(&days, |day| date(day.period_at));
        by_day.sort_by(|one, other| other.of.cmp(&one.of));
        Ok(SaverPage {
            level,
            filters: Filter::ALL
                .map(|filter| FilterRow {
                    name: filter.name().to_owned(),
                    does: does(filter).to_owned(),
                    on: on & filter.bit() != 0,
                })
                .to_vec(),
            keys: keys
                .into_iter()
                .map(|key| KeySaver { id: key.id, name: key.name, level: key.saver, terse: key.terse })
                .collect(),
            since,
            total: by(&days, |_| String::new()).pop().unwrap_or_default(),
            by_filter: by(&days, |day| day.saving.filter.clone()),
            by_tool: by(&days, |day| day.saving.tool.clone()),
            by_model: by(&days, |day| super::requests::target(&day.provider_id, &day.model)),
            by_day,
        })
    }

    async fn save_level(&self, level: SaverLevel) -> Result<(), Problem> {
        self.person()?;
        let (_, filters) = self.app.snapshot().saver;
        self.app.store.save_saver(level, filters).await.map_err(fail)?;
        self.publish().await
    }

    async fn switch_filter(&self, name: String, on: bool) -> Result<(), Problem> {
        self.person()?;
        let filter: Filter = name.parse().map_err(|_| {
            Problem::new(ProblemKind::NotFound, format!("There is no filter called \"{name}\"."))
        })?;
        let (level, filters) = self.app.snapshot().saver;
        let filters = if on { filters | filter.bit() } else { filters & !filter.bit() };
        self.app.store.save_saver(level, filters).await.map_err(fail)?;
        self.publish().await
    }

    async fn save_key_saver(
        &self,
        id: i64,
        level: Option<SaverLevel>,
        terse: Option<Terse>,
    ) -> Result<(), Problem> {
        self.person()?;
        self.app.store.set_key_saver(id, level, terse).await.map_err(fail)?;
        self.publish().await
    }

    async fn preview(&self, sample: Sample) -> Result<Preview, Problem> {
        self.person()?;
        let (_, filters) = self.app.snapshot().saver;
        // Half a megabyte takes tens of milliseconds: not on a thread that serves streams.
        tokio::task::spawn_blocking(move || preview::preview(&sample, filters)).await.map_err(|_| {
            // Not what it died of, which could quote the text.
            tracing::error!("a preview of the saver broke off");
            Problem::new(ProblemKind::Internal, "The saver broke off at this text. Please report it.")
        })?
    }
}
