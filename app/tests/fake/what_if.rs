//! What-if, by mood.

use super::{Fake, Mood, missing};
use app::api::overview::TierShare;
use app::api::requests::Exclusion;
use app::api::usage::{Choices, Part};
use app::api::what_if::{Amount, Change, Estimate, Prices, Side, TargetRow, WhatIf, WhatIfPage, WhatIfQuery};
use app::api::{Clock, Cost, Problem, Tier, Tokens};
use async_trait::async_trait;

const DAY: i64 = 24 * 3_600_000;

fn amount(requests: i64, known: i64, unknown_requests: i64) -> Amount {
    Amount {
        requests,
        tokens: Tokens {
            input: requests * 9_000,
            cache_read: requests * 30_000,
            cache_write: requests * 1_000,
            output: requests * 900,
        },
        cost: Cost { known, unknown_requests, ..Cost::default() },
        unknown_tokens: unknown_requests * 40_900,
    }
}

fn row(target: &str, tier: Tier, recorded: Amount, would_be: Amount) -> TargetRow {
    TargetRow { target: target.to_owned(), tier: Some(tier), recorded, would_be }
}

fn side(rows: &[TargetRow], of: fn(&TargetRow) -> Amount) -> Side {
    let mut side = Side::default();
    for row in rows {
        let (sum, one) = (&mut side.whole, of(row));
        sum.requests += one.requests;
        sum.tokens.input += one.tokens.input;
        sum.tokens.cache_read += one.tokens.cache_read;
        sum.tokens.cache_write += one.tokens.cache_write;
        sum.tokens.output += one.tokens.output;
        sum.cost.add(&one.cost);
        sum.unknown_tokens += one.unknown_tokens;
        if let Some(tier) = row.tier.filter(|_| one.requests > 0) {
            side.tiers.push(TierShare { tier, tokens: one.all_tokens() });
        }
    }
    side
}

fn estimate(rows: Vec<TargetRow>, parts: i64) -> Estimate {
    let mut would_be = side(&rows, |row| row.would_be);
    would_be.parts = vec![would_be.whole.cost.known / parts; usize::try_from(parts).unwrap_or_default()];
    Estimate {
        would_be,
        targets: rows,
        assumptions: vec!["Every request is answered at the first try.".to_owned()],
        ..Estimate::default()
    }
}

#[async_trait]
impl WhatIf for Fake {
    async fn what_if(&self, mut query: WhatIfQuery, clock: Clock) -> Result<WhatIfPage, Problem> {
        self.works()?;
        let change = Change::ALL.into_iter().find(|one| one.word() == query.change).unwrap_or_default();
        change.word().clone_into(&mut query.change);
        let days = query.days.parse().unwrap_or(30).clamp(1, 366);
        let notes = match query.days.as_str() {
            "" => Vec::new(),
            typed if typed == days.to_string() => Vec::new(),
            typed => vec![format!("\"{typed}\" is no number of days, so 30 are looked at.")],
        };
        query.days = days.to_string();
        let part = |day: i64| Part {
            from: self.now - (days - day) * DAY,
            to: self.now - (days - day - 1) * DAY,
            name: format!("Day {}", day + 1),
        };
        let empty = WhatIfPage {
            query,
            notes,
            change,
            days,
            span: "23 Oct – 21 Nov".to_owned(),
            parts: (0..days).map(part).collect(),
            zone: if clock.zone.is_empty() { "UTC".to_owned() } else { clock.zone },
            ..WhatIfPage::default()
        };
        if !self.full() || empty.query.provider == "nobody" {
            return Ok(empty);
        }
        let to = empty.query.to.clone();
        let was = [
            ("anthropic/claude-sonnet-4-5", Tier::Cheap, amount(300, 12_800_000_000, 0)),
            ("claude/claude-sonnet-4-5", Tier::Subscription, amount(900, 0, 0)),
        ];
        let nothing = Amount::default();
        let stays = |row_of: &(&str, Tier, Amount)| row(row_of.0, row_of.1, row_of.2, row_of.2);
        let mut rows: Vec<TargetRow> = was.iter().map(stays).collect();
        let recorded = side(&rows, |row| row.recorded);
        let mut estimated = None;
        let mut fault = None;
        match change {
            _ if to.is_empty() => {}
            Change::Combo if to == "gone" => fault = Some(missing("combo")),
            Change::Combo => {
                rows.iter_mut().for_each(|row| row.would_be = nothing);
                rows.insert(0, row("glm/glm-4.7", Tier::Cheap, nothing, amount(1_150, 4_100_000_000, 0)));
                let mut made = estimate(rows, days);
                made.unanswered_requests = 50;
                made.unanswered_tokens = 50 * 40_900;
                made.left_out = vec![Exclusion {
                    what: "groq/llama-3.3-70b-versatile".to_owned(),
                    why: "Groq has no account yet".to_owned(),
                }];
                estimated = Some(made);
            }
            Change::Model => {
                rows.iter_mut().for_each(|row| row.would_be = nothing);
                rows.insert(0, row(&to, Tier::Cheap, nothing, amount(1_200, 0, 1_200)));
                estimated = Some(estimate(rows, days));
            }
            Change::Price => {
                rows[1].would_be.cost.known = 30_000_000_000;
                estimated = Some(estimate(rows, days));
            }
        }
        let many = if self.mood == Mood::Heavy { 60 } else { 2 };
        let recorded = Side { parts: vec![recorded.whole.cost.known / days; empty.parts.len()], ..recorded };
        Ok(WhatIfPage {
            recorded,
            estimate: estimated,
            fault,
            prices: (change == Change::Price && !to.is_empty()).then(|| Prices {
                input: Some(3_000_000_000),
                output: Some(15_000_000_000),
                ..Prices::default()
            }),
            choices: Choices {
                providers: vec!["anthropic".to_owned(), "claude".to_owned()],
                models: was.iter().map(|(name, ..)| (*name).to_owned()).collect(),
                keys: vec!["laptop".to_owned()],
                clients: vec!["Claude Code".to_owned()],
                combos: vec!["coding".to_owned()],
            },
            combos: (0..many).map(|number| format!("combo-{number}")).collect(),
            models: vec!["glm/glm-4.7".to_owned()],
            ..empty
        })
    }
}
