//! Made-up combos, plans and aliases.

use super::{Fake, Mood};
use app::api::combos::{
    Alias, Budget, Combo, ComboCard, ComboTarget, Combos, CombosPage, Measure, Period, PlanRow, RoutePlan,
    Strategy, TargetHealth, TargetState,
};
use app::api::models::Price;
use app::api::providers::TestResult;
use app::api::requests::Exclusion;
use app::api::{Millis, Problem, ProblemKind, Tier};
use async_trait::async_trait;

const MINUTE: i64 = 60_000;

fn state(tier: Tier, health: TargetHealth, sentence: &str) -> TargetState {
    let price = |input, output| Some(Price { input, output, cache_read: None, cache_write: None });
    TargetState {
        tier: Some(tier),
        health,
        sentence: sentence.to_owned(),
        waits_until: None,
        context: Some(200_000),
        price: match tier {
            Tier::Subscription => price(3_000_000_000, 15_000_000_000),
            Tier::Cheap => price(280_000_000, 420_000_000),
            Tier::Free => price(0, 0),
            Tier::Local => None,
        },
        spent: 0,
        first_token_ms: (health == TargetHealth::Ready).then_some(640),
    }
}

/// The combo of a working day.
fn coder(now: Millis) -> ComboCard {
    let daily = Budget { measure: Measure::Cost, amount: 5_000_000_000, period: Period::Day };
    let targets = vec![
        ComboTarget::new("anthropic/claude-sonnet-4-5"),
        ComboTarget::new("glm/glm-4.7"),
        ComboTarget { budget: Some(daily), ..ComboTarget::new("deepseek/deepseek-chat") },
        ComboTarget { enabled: false, ..ComboTarget::new("groq/llama-3.3-70b-versatile") },
    ];
    let states = vec![
        TargetState {
            waits_until: Some(now + 174 * MINUTE),
            ..state(
                Tier::Subscription,
                TargetHealth::Waiting,
                "The 5-hour limit is used up at both accounts.",
            )
        },
        state(Tier::Subscription, TargetHealth::Ready, "1 account ready, 1 switched off."),
        TargetState {
            spent: 4_310_000_000,
            context: Some(131_072),
            first_token_ms: None,
            ..state(Tier::Cheap, TargetHealth::Unusable, "DeepSeek refused the key (401). Paste a new one.")
        },
        TargetState {
            context: Some(131_072),
            ..state(Tier::Free, TargetHealth::Off, "Switched off in this combo.")
        },
    ];
    ComboCard { combo: Combo::new("coder", targets), states }
}

/// One that shares by weight, has another combo behind it, and limits of its own.
fn cheap() -> ComboCard {
    let monthly = Budget { measure: Measure::Tokens, amount: 2_000_000, period: Period::Month };
    let targets = vec![
        ComboTarget { weight: 3, budget: Some(monthly), ..ComboTarget::new("groq/openai/gpt-oss-120b") },
        ComboTarget::new("homelab/qwen3-coder:30b"),
        ComboTarget::new("coder"),
    ];
    let states = vec![
        TargetState {
            spent: 2_104_410,
            ..state(Tier::Free, TargetHealth::Waiting, "Its budget of 2M tokens a month is used up.")
        },
        TargetState { context: None, ..state(Tier::Local, TargetHealth::Ready, "1 account ready.") },
        TargetState {
            tier: None,
            context: None,
            price: None,
            first_token_ms: None,
            ..state(Tier::Local, TargetHealth::Ready, "4 targets, 1 ready.")
        },
    ];
    let combo = Combo {
        strategy: Strategy::Weighted,
        first_token_ms: Some(6_000),
        rescue: false,
        max_attempts: Some(4),
        ..Combo::new("cheap-first", targets)
    };
    ComboCard { combo, states }
}

/// Many, with names as long as they may be.
fn heavy(now: Millis) -> Vec<ComboCard> {
    let mut cards = vec![cheap(), coder(now)];
    for at in 0..4 {
        let mut card = if at % 2 == 0 { coder(now) } else { cheap() };
        card.combo.name = format!("team-{at}.refactoring-of-the-large-monorepo-with-a-very-long-name-{at}");
        card.combo.enabled = at != 1;
        card.combo.strategy = Strategy::ALL.get(at).copied().unwrap_or_default();
        if let Some(target) = card.combo.targets.first_mut() {
            target.model = format!(
                "a-vendor-with-a-long-prefix/and-a-model-with-an-even-longer-name-preview-2026-11-2{at}"
            );
        }
        cards.push(card);
    }
    cards
}

fn plan(model: &str) -> RoutePlan {
    let step = |target: &str, account: &str, tier, why: &str| PlanRow {
        target: target.to_owned(),
        account: account.to_owned(),
        tier: Some(tier),
        why: why.to_owned(),
    };
    let left_out = |what: &str, why: &str| Exclusion { what: what.to_owned(), why: why.to_owned() };
    RoutePlan {
        asked: model.to_owned(),
        combo: model.to_owned(),
        steps: vec![
            step("glm/glm-4.7", "main", Tier::Subscription, "second in the combo"),
            step("homelab/qwen3-coder:30b", "gpu box", Tier::Local, "last in the combo"),
        ],
        exclusions: vec![
            left_out(
                "anthropic/claude-sonnet-4-5, personal",
                "Waits until 17:00: the 5-hour limit is used up.",
            ),
            left_out("deepseek/deepseek-chat, work", "Its key was refused (401)."),
            left_out("groq/llama-3.3-70b-versatile", "Switched off in this combo."),
        ],
        fault: String::new(),
    }
}

#[async_trait]
impl Combos for Fake {
    async fn combos_page(&self) -> Result<CombosPage, Problem> {
        self.works()?;
        let alias = |name: &str, model: &str| Alias { name: name.to_owned(), model: model.to_owned() };
        let full = |cards| CombosPage {
            cards,
            aliases: vec![alias("claude-opus-4-5", "coder"), alias("gpt-5", "groq/openai/gpt-oss-120b")],
            choices: super::data::models(),
            usual_limits: (12_000, 20_000),
        };
        Ok(match self.mood {
            Mood::Normal => full(vec![cheap(), coder(self.now)]),
            Mood::Heavy => full(heavy(self.now)),
            _ => CombosPage { usual_limits: (12_000, 20_000), ..CombosPage::default() },
        })
    }
    async fn combos(&self) -> Result<Vec<Combo>, Problem> {
        Ok(self.combos_page().await?.cards.into_iter().map(|card| card.combo).collect())
    }
    async fn save_combo(&self, _replaces: Option<String>, combo: Combo) -> Result<Combo, Problem> {
        if combo.name.contains(' ') {
            return Err(Problem::invalid("name", "Use letters, digits and - _ . : only."));
        }
        if combo.targets.is_empty() {
            return Err(Problem::invalid("targets", "Give the combo at least one target."));
        }
        let known = |model: &str| model == "coder" || model.contains('/');
        if let Some(at) = combo.targets.iter().position(|target| !known(&target.model)) {
            let words = format!("“{}” names no provider's model.", combo.targets[at].model);
            return Err(Problem::invalid(&format!("targets[{at}].model"), words));
        }
        if combo.stall_ms.is_some_and(|stall| stall < 1_000) {
            return Err(Problem::invalid("stall_ms", "Less than a second is too short."));
        }
        Ok(combo)
    }
    async fn remove_combo(&self, _name: String) -> Result<(), Problem> {
        Ok(())
    }
    async fn aliases(&self) -> Result<Vec<Alias>, Problem> {
        Ok(self.combos_page().await?.aliases)
    }
    async fn save_alias(&self, _replaces: Option<String>, alias: Alias) -> Result<Alias, Problem> {
        if alias.name == "coder" {
            let words = "A combo or alias called “coder” exists. Choose another name.";
            return Err(Problem { kind: ProblemKind::Conflict, ..Problem::invalid("name", words) });
        }
        Ok(alias)
    }
    async fn remove_alias(&self, _name: String) -> Result<(), Problem> {
        Ok(())
    }
    async fn dry_run(&self, model: String) -> Result<RoutePlan, Problem> {
        if model == "cheap-first" {
            let plan = plan(&model);
            let fault = "No target can answer now; the first comes back at 17:00.".to_owned();
            return Ok(RoutePlan { steps: Vec::new(), fault, ..plan });
        }
        Ok(plan(&model))
    }
    async fn try_model(&self, model: String) -> Result<TestResult, Problem> {
        if model == "cheap-first" {
            let sentence = "No target can answer now; the first comes back at 17:00.".to_owned();
            return Ok(TestResult { ok: false, sentence, millis: 3 });
        }
        Ok(TestResult { ok: true, sentence: "glm/glm-4.7 answered.".to_owned(), millis: 1_840 })
    }
}
