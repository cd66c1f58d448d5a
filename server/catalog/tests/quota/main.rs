//! What is left of an account: answers as vendors gave them (2026), headers, and what is counted here.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should stop")]

mod any;
mod counts;
mod headers;
mod probes;
mod schema;

use std::{collections::BTreeMap, sync::OnceLock};

use catalog::{Catalog, Probed, Quota, Window};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

fn ms(text: &str) -> i64 {
    OffsetDateTime::parse(text, &Rfc3339).unwrap().unix_timestamp() * 1000
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/quota/{name}.json", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// A provider with this quota.
fn with_quota(id: &str, quota: &str) -> Result<Catalog, catalog::CatalogError> {
    let region = "[[field]]\nname = \"region\"\nlabel = \"Region\"\n";
    let field = if quota.contains("{region}") { region } else { "" };
    let text = format!(
        "id = \"{id}\"\nname = \"X\"\ntier = \"subscription\"\nauth = {{ kind = \"key\" }}\n{field}\
         [[speaks]]\ndialect = \"chat\"\nurl = \"https://x.example/v1/chat/completions\"\n{quota}"
    );
    Catalog::builtin()?.with_user_files([("mine.toml".to_owned(), text)])
}

/// Every quota that is built in.
fn quotas() -> &'static BTreeMap<String, Quota> {
    static ALL: OnceLock<BTreeMap<String, Quota>> = OnceLock::new();
    ALL.get_or_init(|| {
        let builtin = Catalog::builtin().unwrap();
        builtin.providers().map(|provider| (provider.id.clone(), provider.quota.clone())).collect()
    })
}

fn quota(id: &str) -> &'static Quota {
    quotas().get(id).unwrap()
}

/// A window in one line: name, models, share, amounts, seconds until it begins anew.
fn line(window: &Window, now_ms: i64) -> String {
    let mut line = window.name.clone();
    if let Some(model) = &window.model {
        line += &format!(" for {model}");
    }
    line += ":";
    if let Some(permille) = window.used_permille {
        line += &format!(" {permille}\u{2030}");
    }
    for (word, amount) in [("used", window.used), ("limit", window.limit), ("left", window.left)] {
        if let Some(amount) = amount {
            line += &format!(" {word} {amount}");
        }
    }
    line += &format!(" {}", window.unit.as_str());
    if let Some(at) = window.resets_at_ms {
        line += &format!(" in {} s", (at - now_ms) / 1000);
    }
    line
}

fn lines(windows: &[Window], now_ms: i64) -> Vec<String> {
    windows.iter().map(|window| line(window, now_ms)).collect()
}

/// What a good answer to a probe of a provider says.
fn probed(id: &str, probe: usize, name: &str, now: &str) -> Vec<String> {
    let now = ms(now);
    match quota(id).read_probe(probe, 200, &fixture(name), now) {
        Probed::Windows(windows) => lines(&windows, now),
        other => panic!("{id} {name}: {other:?}"),
    }
}
