//! Usage, by mood.

use super::{Fake, Mood};
use app::api::usage::{
    CauseRow, Choices, Measure, Part, Share, Speed, SplitBy, Sums, UsagePage, UsageQuery, Usages,
};
use app::api::{Clock, Cost, Problem, Tokens};
use async_trait::async_trait;

const DAY: i64 = 24 * 3_600_000;

fn sums(requests: i64, cost: i64, unknown: i64) -> Sums {
    Sums {
        requests,
        failed: requests / 40,
        fallbacks: requests / 20,
        tokens: Tokens {
            input: requests * 9_000,
            cache_read: requests * 30_000,
            cache_write: requests * 1_000,
            output: requests * 900,
        },
        reasoning: requests * 300,
        cost: Cost { known: cost, unknown_requests: unknown, covered: cost * 4, covered_unknown: unknown },
        first_token_ms: requests * 1_200,
        first_tokens: requests,
        saved_tokens: requests * 900,
        saved_cost: requests * 2_700_000,
    }
}

#[async_trait]
impl Usages for Fake {
    async fn usage(&self, mut query: UsageQuery, clock: Clock) -> Result<UsagePage, Problem> {
        self.works()?;
        let measure = Measure::ALL.into_iter().find(|one| one.word() == query.measure).unwrap_or_default();
        let split = SplitBy::ALL.into_iter().find(|one| one.word() == query.split).unwrap_or_default();
        measure.word().clone_into(&mut query.measure);
        split.word().clone_into(&mut query.split);
        let notes = match query.period.as_str() {
            "" | "7d" | "24h" | "30d" | "custom" => Vec::new(),
            other => vec![format!("\"{other}\" is no period, so the last 7 days are shown.")],
        };
        if query.period.is_empty() || !notes.is_empty() {
            "7d".clone_into(&mut query.period);
        }
        let first = self.now - 6 * DAY;
        let part = |day: i64| Part {
            from: first + day * DAY,
            to: first + (day + 1) * DAY,
            name: format!("Nov {}", 15 + day),
        };
        let empty = UsagePage {
            query,
            notes,
            measure,
            split,
            parts: (0..7).map(part).collect(),
            week: vec![0; 168],
            zone: if clock.zone.is_empty() { "UTC".to_owned() } else { clock.zone },
            ..UsagePage::default()
        };
        if !self.full() || empty.query.provider == "nobody" {
            return Ok(empty);
        }
        let count = if self.mood == Mood::Heavy { 9 } else { 3 };
        let names = ["anthropic", "glm", "groq", "openai", "gemini", "deepseek", "kimi", "xai", "4 others"];
        let share = |place: usize| {
            let daily = 400 / (place as i64 + 1);
            let name = names[place];
            let parts: Vec<Sums> =
                (0..7).map(|day| sums(daily + day * 3, daily * 9_000_000, place as i64)).collect();
            let mut whole = Sums::default();
            parts.iter().for_each(|part| whole.add(part));
            let id = if name.contains(' ') { String::new() } else { name.to_owned() };
            Share { id, name: name.to_owned(), whole, parts }
        };
        let shares: Vec<Share> = (0..count).map(share).collect();
        let mut whole = Sums::default();
        shares.iter().for_each(|share| whole.add(&share.whole));
        Ok(UsagePage {
            whole,
            before: sums(2_000, 9_000_000_000, 3),
            shares,
            week: (0..168).map(|hour| if hour % 24 > 7 && hour < 120 { hour % 24 } else { 0 }).collect(),
            speeds: vec![Speed {
                target: "glm/glm-4.7".to_owned(),
                requests: 1_400,
                half: 870,
                most: 2_100,
                slowest: 9_400,
            }],
            causes: vec![CauseRow {
                rule: "default/rate-limit".to_owned(),
                provider_id: "groq".to_owned(),
                why: "was rate limited".to_owned(),
                attempts: 27,
            }],
            choices: Choices {
                providers: vec!["anthropic".to_owned(), "glm".to_owned()],
                models: vec!["glm/glm-4.7".to_owned()],
                keys: vec!["laptop".to_owned()],
                clients: vec!["Claude Code".to_owned()],
                combos: vec!["coding".to_owned()],
            },
            ..empty
        })
    }
}
