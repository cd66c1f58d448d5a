//! Rows as charts: pure, and tested without a browser.
//!
//! Colours are written as `var(--chart-0)`: the browser puts in what the theme says. Numbers are whole; the browser writes
//! them as the rest of the page does.

pub mod usage;
pub mod what_if;

use charming::Chart;
use charming::component::{Axis, Grid};
use charming::element::{
    AxisLabel, AxisLine, AxisPointer, AxisPointerType, AxisTick, AxisType, Color, LineStyle, SplitLine,
    Tooltip, Trigger,
};

/// How many hues tell shares apart.
pub const HUES: usize = 8;

/// The hue of a share by its place; the rest of them have the last.
pub fn hue(place: usize) -> String {
    if place < HUES { format!("var(--chart-{place})") } else { "var(--chart-rest)".to_owned() }
}

fn colour(value: &str) -> Color {
    Color::Value(value.to_owned())
}

/// A chart over parts of time, without its series.
fn over_time(names: Vec<String>) -> Chart {
    let faint = || LineStyle::new().color(colour("var(--line)"));
    let label = || AxisLabel::new().color(colour("var(--ink-faint)")).font_size(12);
    Chart::new()
        .animation(false)
        .grid(Grid::new().left(8).right(8).top(12).bottom(4).contain_label(true))
        .tooltip(
            Tooltip::new()
                .trigger(Trigger::Axis)
                .axis_pointer(AxisPointer::new().type_(AxisPointerType::Shadow))
                .background_color(colour("var(--surface)"))
                .border_color(colour("var(--line-strong)")),
        )
        .x_axis(
            Axis::new()
                .type_(AxisType::Category)
                .data(names)
                .axis_label(label())
                .axis_tick(AxisTick::new().show(false))
                .axis_line(AxisLine::new().show(false)),
        )
        .y_axis(
            Axis::new()
                .type_(AxisType::Value)
                .axis_label(label())
                .split_number(4)
                .split_line(SplitLine::new().line_style(faint())),
        )
}
