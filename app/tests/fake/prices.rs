//! Prices that stay as they are, and a recalculation that goes on for ever.

use super::{Fake, Mood};
use app::api::prices::{ListPrice, PriceFrom, PriceQuery, PriceRow, Prices, PricesPage, Recalculation};
use app::api::{Clock, NanoUsd, Problem, ProblemKind, Tier};
use async_trait::async_trait;

const MINUTE: i64 = 60_000;

fn price(input: NanoUsd, output: NanoUsd, cache_read: Option<NanoUsd>) -> ListPrice {
    ListPrice { input: Some(input), output: Some(output), cache_read, cache_write: None, image: None }
}

fn row(provider_id: &str, model: &str, tier: Tier, price: ListPrice, from: PriceFrom) -> PriceRow {
    PriceRow {
        provider_id: provider_id.to_owned(),
        provider: provider_id.to_uppercase(),
        model: model.to_owned(),
        price,
        stated: if from == PriceFrom::Unknown { ListPrice::default() } else { price },
        from,
        states_cost: false,
        tier: Some(tier),
        requests: 0,
    }
}

fn rows() -> Vec<PriceRow> {
    let sonnet = price(3_000_000_000, 15_000_000_000, Some(300_000_000));
    let sold = PriceFrom::SoldAs("anthropic/claude-sonnet-4-5".to_owned());
    let unknown = row("mine", "house/large", Tier::Cheap, ListPrice::default(), PriceFrom::Unknown);
    let yours = row(
        "groq",
        "openai/gpt-oss-120b",
        Tier::Cheap,
        price(150_000_000, 600_000_000, None),
        PriceFrom::Yours,
    );
    vec![
        PriceRow { requests: 41, ..unknown },
        PriceRow { requests: 1_204, ..row("claude", "claude-sonnet-4-5", Tier::Subscription, sonnet, sold) },
        PriceRow { stated: price(200_000_000, 700_000_000, None), ..yours },
        row("anthropic", "claude-sonnet-4-5", Tier::Cheap, sonnet, PriceFrom::Catalogue),
    ]
}

fn of(name: &str) -> Result<PriceRow, Problem> {
    let refuse = || Problem::invalid("model", format!("\"{name}\" is no provider/model."));
    let (provider, model) = name.split_once('/').ok_or_else(refuse)?;
    let known = rows().into_iter().find(|row| row.target() == name);
    Ok(known.unwrap_or_else(|| row(provider, model, Tier::Cheap, ListPrice::default(), PriceFrom::Unknown)))
}

#[async_trait]
impl Prices for Fake {
    async fn prices(&self, query: PriceQuery) -> Result<PricesPage, Problem> {
        self.works()?;
        if !self.full() {
            return Ok(PricesPage { query, ..PricesPage::default() });
        }
        let (setting, notes) = match query.set.as_str() {
            "" => (None, Vec::new()),
            name => match of(name) {
                Ok(row) => (Some(row), Vec::new()),
                Err(problem) => (None, vec![problem.message]),
            },
        };
        let fits = |row: &PriceRow| {
            row.target().contains(&query.search) && (query.show != "unknown" || row.unknown())
        };
        let rows: Vec<PriceRow> = rows().into_iter().filter(fits).collect();
        let heavy = self.mood == Mood::Heavy;
        Ok(PricesPage {
            rows: if heavy { rows.into_iter().cycle().take(100).collect() } else { rows },
            left_out: if heavy { 312 } else { 0 },
            unknown: 1,
            providers: ["anthropic", "claude", "groq", "mine"]
                .map(|id| (id.to_owned(), id.to_uppercase()))
                .to_vec(),
            setting,
            notes,
            query,
            recalculation: self.recalculation().await?,
        })
    }

    async fn set_price(&self, model: String, price: ListPrice) -> Result<PriceRow, Problem> {
        if price == ListPrice::default() {
            return Err(Problem::invalid("input", "Give at least one price, or take yours back."));
        }
        Ok(PriceRow { price, from: PriceFrom::Yours, ..of(&model)? })
    }

    async fn unset_price(&self, model: String) -> Result<PriceRow, Problem> {
        of(&model)
    }

    async fn recalculation(&self) -> Result<Option<Recalculation>, Problem> {
        let ended = Recalculation {
            began_at: self.now - 3 * MINUTE,
            ended_at: Some(self.now - 2 * MINUTE),
            requests: 90_000,
            requests_done: 90_000,
            cost_before: 10_900_000_000,
            cost_after: 12_100_000_000,
            unknown_after: 40,
            ..Recalculation::default()
        };
        let under_way = Recalculation { ended_at: None, requests_done: 12_000, ..ended };
        Ok(Some(if self.mood == Mood::Heavy { under_way } else { ended }))
    }

    async fn recalculate(&self, from: String, _clock: Clock) -> Result<Recalculation, Problem> {
        match from.as_str() {
            "" => Ok(Recalculation::default()),
            "2026-01-01" => {
                let message = "Recorded costs are being recalculated already. Wait until that is done.";
                Err(Problem::new(ProblemKind::Conflict, message))
            }
            other => Err(Problem::invalid("from", format!("\"{other}\" is no day such as 2026-11-29."))),
        }
    }
}
