//! Lists that one column holds: a line each, its parts apart by tabs.

use super::words::{tier_of, tier_word};
use app::api::combos::PlanRow;
use app::api::requests::LeftOut;

/// How many of the things that a translation left out are kept by name.
const DROPPED: usize = 24;

/// One line each, place and reason apart by a tab; what is beyond the first few is only counted, since a client says
/// the same with every request.
pub(super) fn dropped_lines(dropped: &[LeftOut]) -> String {
    let mut lines: Vec<String> =
        dropped.iter().take(DROPPED).map(|one| format!("{}\t{}", one.what, one.why)).collect();
    if dropped.len() > DROPPED {
        lines.push(format!("{} more\t", dropped.len() - DROPPED));
    }
    lines.join("\n")
}

/// One line a step. A model's name is whatever the client wrote: what would end a column or a line becomes a blank.
pub(super) fn plan_lines(plan: &[PlanRow]) -> String {
    let plain = |text: &str| text.replace(char::is_control, " ");
    let line = |row: &PlanRow| {
        let tier = row.tier.map_or("", tier_word);
        format!("{}\t{}\t{tier}\t{}", plain(&row.target), plain(&row.account), plain(&row.why))
    };
    plan.iter().map(line).collect::<Vec<String>>().join("\n")
}

/// The plan of such lines.
pub(super) fn plan_of(lines: &str) -> Vec<PlanRow> {
    let row = |line: &str| {
        let mut columns = line.splitn(4, '\t').map(str::to_owned);
        let (target, account) = (columns.next()?, columns.next()?);
        Some(PlanRow { target, account, tier: tier_of(&columns.next()?), why: columns.next()? })
    };
    lines.lines().filter_map(row).collect()
}

/// What was left out, of such lines.
pub(super) fn dropped_of(lines: &str) -> Vec<LeftOut> {
    let one = |line: &str| {
        let (what, why) = line.split_once('\t').unwrap_or((line, ""));
        LeftOut { what: what.to_owned(), why: why.to_owned() }
    };
    lines.lines().map(one).collect()
}
