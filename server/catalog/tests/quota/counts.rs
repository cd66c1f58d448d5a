//! What is counted here, and when it begins anew.

use catalog::{Period, Probed, Span, Unit};
use proptest::prelude::*;

use super::{line, lines, ms, quota, with_quota};

fn period(text: &str) -> Period {
    #[derive(serde::Deserialize)]
    struct Table {
        period: Period,
    }
    toml::from_str::<Table>(&format!("period = {text}")).unwrap().period
}

fn span(text: &str, now: &str) -> (i64, i64) {
    let Span { begins_ms, ends_ms } = period(text).current(None, ms(now)).unwrap();
    (begins_ms, ends_ms)
}

#[test]
fn calendars_begin_anew_by_the_vendors_clock() {
    for (text, now, begin, end) in [
        (r#"{ daily_at = "00:00" }"#, "2026-11-21T12:00:00Z", "2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z"),
        (
            r#"{ daily_at = "00:00", zone = "utc" }"#,
            "2026-11-21T00:00:00Z",
            "2026-11-21T00:00:00Z",
            "2026-11-22T00:00:00Z",
        ),
        (
            r#"{ daily_at = "07:30", zone = "+08:00" }"#,
            "2026-11-21T23:00:00Z",
            "2026-11-20T23:30:00Z",
            "2026-11-21T23:30:00Z",
        ),
        // Winter, the spring day of 23 hours, summer, the autumn day of 25.
        (
            r#"{ daily_at = "00:00", zone = "pacific" }"#,
            "2026-11-21T12:00:00Z",
            "2026-11-21T08:00:00Z",
            "2026-11-22T08:00:00Z",
        ),
        (
            r#"{ daily_at = "00:00", zone = "pacific" }"#,
            "2026-03-08T20:00:00Z",
            "2026-03-08T08:00:00Z",
            "2026-03-09T07:00:00Z",
        ),
        (
            r#"{ daily_at = "00:00", zone = "pacific" }"#,
            "2026-07-01T06:59:59Z",
            "2026-06-30T07:00:00Z",
            "2026-07-01T07:00:00Z",
        ),
        (
            r#"{ daily_at = "00:00", zone = "pacific" }"#,
            "2026-11-01T08:30:00Z",
            "2026-11-01T07:00:00Z",
            "2026-11-02T08:00:00Z",
        ),
        // A Saturday; Monday in Beijing begins on Sunday at 16:00 UTC.
        (r#"{ weekly = "monday" }"#, "2026-11-21T12:00:00Z", "2026-11-16T00:00:00Z", "2026-11-23T00:00:00Z"),
        (
            r#"{ weekly = "monday", at = "00:00", zone = "+08:00" }"#,
            "2026-11-22T15:59:59Z",
            "2026-11-15T16:00:00Z",
            "2026-11-22T16:00:00Z",
        ),
        (
            r#"{ weekly = "sunday", at = "12:00", zone = "pacific" }"#,
            "2026-11-01T19:00:00Z",
            "2026-10-25T19:00:00Z",
            "2026-11-01T20:00:00Z",
        ),
        (r#"{ monthly = 1 }"#, "2026-12-31T23:59:59Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"),
        (r#"{ monthly = 31 }"#, "2026-02-15T00:00:00Z", "2026-01-31T00:00:00Z", "2026-02-28T00:00:00Z"),
        (
            r#"{ monthly = 15, zone = "+08:00" }"#,
            "2026-01-14T16:00:00Z",
            "2026-01-14T16:00:00Z",
            "2026-02-14T16:00:00Z",
        ),
    ] {
        assert_eq!(span(text, now), (ms(begin), ms(end)), "{text} at {now}");
    }
}

#[test]
fn a_rolling_window_begins_at_the_first_use_and_a_sliding_one_never_ends_as_a_whole() {
    const HOUR: i64 = 3_600_000;
    let (rolling, sliding) = (period(r#"{ rolling = "5h" }"#), period(r#"{ sliding = "5h" }"#));
    let now = 100 * HOUR;
    let at = |begins_ms, ends_ms| Some(Span { begins_ms, ends_ms });
    assert_eq!(rolling.current(None, now), None);
    assert_eq!(rolling.current(Some(now), now), at(now, now + 5 * HOUR));
    assert_eq!(rolling.current(Some(now - 4 * HOUR), now), at(now - 4 * HOUR, now + HOUR));
    assert_eq!(rolling.current(Some(now - 5 * HOUR), now), None, "it is over");
    assert_eq!(rolling.current(Some(now + 1), now), None);
    assert_eq!(sliding.current(Some(now - 4 * HOUR), now), at(now - 5 * HOUR, now + HOUR));
    assert_eq!(sliding.current(None, now), None);
    assert_eq!(sliding.counts_since(now), now - 5 * HOUR);
    assert_eq!(period(r#"{ daily_at = "00:00" }"#).counts_since(now), 96 * HOUR);
}

#[test]
fn a_period_is_one_thing() {
    #[derive(Debug, serde::Deserialize)]
    struct Table {
        #[expect(dead_code, reason = "read only to be refused")]
        period: Period,
    }
    for (text, problem) in [
        ("{}", "one of `rolling`"),
        (r#"{ rolling = "5h", monthly = 1 }"#, "one of `rolling`"),
        (r#"{ rolling = "0s" }"#, "one of `rolling`"),
        (r#"{ daily_at = "24:00" }"#, "`24:00` is not a time of day"),
        (r#"{ daily_at = "7:00" }"#, "`7:00` is not a time of day"),
        (r#"{ weekly = "moonday" }"#, "moonday"),
        (r#"{ monthly = 32 }"#, "no month has a day 32"),
        (r#"{ monthly = 0 }"#, "no month has a day 0"),
        (r#"{ daily_at = "00:00", at = "01:00" }"#, "`at` goes with"),
        (r#"{ rolling = "5h", zone = "utc" }"#, "`zone` goes with"),
        (r#"{ monthly = 1, zone = "berlin" }"#, "`berlin` is not utc"),
        (r#"{ yearly = 1 }"#, "yearly"),
    ] {
        let error = toml::from_str::<Table>(&format!("period = {text}")).unwrap_err().to_string();
        assert!(error.contains(problem), "{text}: {error}");
    }
}

#[test]
fn what_is_counted_depends_on_plan_and_model() {
    let alibaba = quota("alicode");
    assert_eq!(alibaba.plans(), ["Lite", "Pro"]);
    let limits = |plan| -> Vec<_> {
        alibaba.counts_for(plan, "qwen3.5-plus").map(|count| (count.name(), count.limit.unwrap())).collect()
    };
    assert_eq!(limits(Some("Pro")), [("5 hours".to_owned(), 6_000), ("Week".to_owned(), 45_000)]);
    assert_eq!(limits(Some("Lite")), [("5 hours".to_owned(), 1_200), ("Week".to_owned(), 9_000)]);
    assert_eq!(limits(None), []);
    let openrouter = quota("openrouter");
    assert_eq!(openrouter.counts_for(None, "z-ai/glm-5.2:free").count(), 1);
    assert_eq!(openrouter.counts_for(None, "z-ai/glm-5.2").count(), 0);
    assert_eq!(quota("deepseek").plans(), [""; 0]);
}

#[test]
fn a_count_is_a_window_like_any_other() {
    let now = ms("2026-11-21T12:00:00Z");
    let alibaba = quota("alicode");
    let five_hours = &alibaba.counts[2];
    let window = five_hours.window(Some(1_500), Some(now - 3_600_000), "m", now);
    assert_eq!(line(&window, now), "5 hours: 250\u{2030} used 1500 limit 6000 left 4500 requests in 14400 s");
    assert_eq!(
        line(&five_hours.window(Some(0), None, "m", now), now),
        "5 hours: 0\u{2030} used 0 limit 6000 left 6000 requests"
    );
    // Nobody publishes how much Gemini gives away, only when its day ends.
    let gemini = quota("gemini").counts[0].window(Some(7), None, "gemini-3.8-flash", now);
    assert_eq!(line(&gemini, now), "Day for gemini-3.8-flash: used 7 requests in 72000 s");
    // A unit of the vendor's own cannot be counted here.
    let neurons = &quota("cloudflare-ai").counts[0];
    assert_eq!(neurons.unit, Unit::Credits);
    assert_eq!(
        line(&neurons.window(None, None, "m", now), now),
        "Day, neurons: limit 10000 credits in 43200 s"
    );
    let nvidia = quota("nvidia").counts[0].window(Some(41), Some(now - 1), "m", now);
    assert_eq!(
        (nvidia.name.as_str(), nvidia.used_permille, nvidia.lasts_ms),
        ("Minute", Some(1025), Some(60_000))
    );
}

proptest! {
    #[test]
    fn now_is_always_within_the_window(
        kind in "(daily_at = \"([01][0-9]|2[0-3]):[0-5][0-9]\"|(weekly = \"(monday|thursday|sunday)\"|monthly = ([1-9]|[12][0-9]|3[01])), at = \"([01][0-9]|2[0-3]):[0-5][0-9]\")",
        zone in "(utc|pacific|[+-](0[0-9]|1[0-2]):[0-5][0-9])",
        now in 0..4_000_000_000_000i64,
    ) {
        let period = period(&format!("{{ {kind}, zone = \"{zone}\" }}"));
        let span = period.current(None, now).unwrap();
        prop_assert!(span.begins_ms <= now && now < span.ends_ms);
        let length = span.ends_ms - span.begins_ms;
        prop_assert!((23 * 3_600_000..=32 * 24 * 3_600_000).contains(&length), "{length}");
        // The next window begins where this one ends.
        prop_assert_eq!(period.current(None, span.ends_ms).unwrap().begins_ms, span.ends_ms);
    }

    #[test]
    fn any_time_is_taken_without_harm(now in any::<i64>(), first in any::<Option<i64>>(), used in any::<Option<u64>>()) {
        for id in ["alicode", "gemini", "nvidia", "cloudflare-ai", "xiaomi-mimo"] {
            for count in &quota(id).counts {
                let window = count.window(used, first, "m", now);
                prop_assert!(window.resets_at_ms.is_none_or(|at| at > now));
                prop_assert!(count.period.counts_since(now) <= now);
            }
        }
    }
}

#[test]
fn a_day_is_called_so_though_it_has_23_hours() {
    let text = r#"
        [[quota.probe]]
        url = "https://x.example/q"
        [[quota.probe.window]]
        used_percent = "/day"
        period = { daily_at = "00:00", zone = "pacific" }
        [[quota.probe.window]]
        used_percent = "/month"
        period = { monthly = 1 }
    "#;
    let catalog = with_quota("mine", text).unwrap();
    let now = ms("2026-03-08T20:00:00Z");
    let body = br#"{"day":1,"month":"2.5"}"#;
    let probed = catalog.get("mine").unwrap().quota.read_probe(0, 200, body, now);
    let Probed::Windows(windows) = probed else { panic!("{probed:?}") };
    assert_eq!(
        lines(&windows, now),
        ["Day: 10\u{2030} percent in 39600 s", "Month: 25\u{2030} percent in 2001600 s"]
    );
    assert_eq!(windows[0].lasts_ms, Some(23 * 3_600_000));
}
