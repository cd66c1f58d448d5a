//! Recorded cost beside what it would have been.

use super::{colour, hue, over_time};
use crate::api::NanoUsd;
use charming::Chart;
use charming::element::ItemStyle;
use charming::series::Bar;

/// Both by part of time, beside each other. `names`: of the parts.
pub fn costs(names: Vec<String>, recorded: &[NanoUsd], would_be: &[NanoUsd]) -> Chart {
    let bar = |name: &str, hue: String, values: &[NanoUsd]| {
        Bar::new().name(name).item_style(ItemStyle::new().color(colour(&hue))).data(values.to_vec())
    };
    over_time(names).series(bar("Recorded", hue(super::HUES), recorded)).series(bar(
        "Estimate",
        hue(0),
        would_be,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn what_was_and_what_would_have_been_stand_beside_each_other() {
        let names = vec!["Nov 1".to_owned(), "Nov 2".to_owned()];
        let chart = costs(names, &[5_000_000, 0], &[2_000_000, 7]).to_string();
        let drawn: Value = serde_json::from_str(&chart).unwrap();
        assert_eq!(drawn["xAxis"]["data"], json!(["Nov 1", "Nov 2"]));
        let series = |place: usize| {
            let series = &drawn["series"][place];
            (series["name"].clone(), series["data"].clone(), series["itemStyle"]["color"].clone())
        };
        assert_eq!(series(0), (json!("Recorded"), json!([5_000_000, 0]), json!("var(--chart-rest)")));
        assert_eq!(series(1), (json!("Estimate"), json!([2_000_000, 7]), json!("var(--chart-0)")));
        assert_eq!(drawn["series"][0]["stack"], Value::Null, "they are no parts of one whole");
    }
}
