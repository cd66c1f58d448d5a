//! What a quota in a provider file may say.

use std::collections::{BTreeMap, BTreeSet};

use catalog::{Catalog, filled};

use super::with_quota;

#[test]
fn every_quota_is_sound() {
    let builtin = Catalog::builtin().unwrap();
    let mut with_one = 0;
    for provider in builtin.providers() {
        let quota = &provider.quota;
        with_one += usize::from(!quota.is_empty());
        for probe in &quota.probes {
            assert!(probe.url.starts_with("https://"), "{}: {}", provider.id, probe.url);
            assert!(probe.every.0 >= 5 * 60_000, "{}: politely", provider.id);
            // A key goes to its own vendor only.
            let host = |url: &str| url.split('/').nth(2).unwrap().to_owned();
            let domain = |url: &str| host(url).rsplit('.').take(2).collect::<Vec<_>>().join(".");
            let signs = provider.sign_in.iter().flat_map(|sign_in| sign_in.urls()).map(|(_, url)| url);
            let urls = provider.speaks.iter().map(|speaks| speaks.url.as_str()).chain(signs);
            let own: BTreeSet<String> = urls.map(domain).collect();
            assert!(own.contains(&domain(&probe.url)), "{}: {}", provider.id, probe.url);
        }
        let names: BTreeSet<_> = quota
            .counts
            .iter()
            .map(|count| (count.name(), count.plan.clone(), count.unit.as_str(), count.model.clone()))
            .collect();
        assert_eq!(names.len(), quota.counts.len(), "{}: counts can be told apart", provider.id);
    }
    assert_eq!(with_one, 35, "as many as README.md says");
}

#[test]
fn an_address_may_hold_fields() {
    let kiro = super::quota("kiro");
    let values = BTreeMap::from([("region".to_owned(), "us-east-1".to_owned())]);
    assert!(
        filled(&kiro.probes[0].url, &values).starts_with("https://q.us-east-1.amazonaws.com/getUsageLimits?")
    );
}

#[test]
fn a_users_quota_replaces_the_built_in_one_as_a_whole() {
    let text = r#"
        id = "glm"
        [[quota.count]]
        unit = "requests"
        limit = 100
        period = { rolling = "5h" }
    "#;
    let mine = [("mine.toml".to_owned(), text.to_owned())];
    let catalog = Catalog::builtin().unwrap().with_user_files(mine).unwrap();
    let quota = &catalog.get("glm").unwrap().quota;
    assert_eq!((quota.probes.len(), quota.counts.len()), (0, 1));
    let without = [("mine.toml".to_owned(), "id = \"glm\"\nname = \"Mine\"".to_owned())];
    let catalog = Catalog::builtin().unwrap().with_user_files(without).unwrap();
    assert_eq!(catalog.get("glm").unwrap().quota.probes.len(), 1);
}

#[test]
fn a_faulty_quota_is_named_with_its_key_in_one_sentence() {
    let probe = |rest: &str| format!("[[quota.probe]]\nurl = \"https://x.example/q\"\n{rest}\n");
    let window = |rest: &str| probe(&format!("[[quota.probe.window]]\n{rest}"));
    let header = |rest: &str| format!("[[quota.header]]\n{rest}\n");
    let count = |rest: &str| format!("[[quota.count]]\n{rest}\n");
    for (text, parts) in [
        ("[quota]\nprobes = 1".to_owned(), &["mine.toml line", "probes"][..]),
        (probe("evry = \"5m\""), &["mine.toml line", "evry"]),
        (probe("every = \"30s\""), &["quota.probe.1.every", "a minute"]),
        (probe("every = 5"), &["mine.toml line", "every"]),
        (probe("header = \"x-api-key\"\nscheme = \"\""), &["quota.probe.1.scheme", "authorization"]),
        (probe(""), &["quota.probe.1.window", "missing"]),
        (probe("refused = { \"code\" = 1 }"), &["quota.probe.1.refused", "`code` is not a JSON pointer"]),
        (window("usd = \"/x\""), &["mine.toml line", "usd"]),
        (window("name = \"X\"\nused_percent = \"used\""), &["quota.probe.1.window.1.used_percent", "`used`"]),
        (window("name = \"X\""), &["quota.probe.1.window.1.left", "missing"]),
        (window("name = \"X\"\nleft = \"/x\""), &["quota.probe.1.window.1.left", "missing"]),
        (window("name = \"X\"\nunit = \"usd\"\nused = \"/x\""), &["quota.probe.1.window.1.left", "missing"]),
        (window("used_percent = \"/x\""), &["quota.probe.1.window.1.name", "missing"]),
        (window("lasts = \"5h\"\nused_percent = \"/x\"\nwhere = { type = 1 }"), &["window.1.where", "`type`"]),
        (window("lasts = \"5h\"\nused_percent = \"/x\"\nwhere = { \"/a\" = 1.5 }"), &["line", "list of values"]),
        (window("lasts = \"5h\"\nused_percent = \"/x\"\neach_model = true"), &["window.1.each_model", "headers"]),
        (window("lasts = \"5h\"\nused_percent = \"/x\"\nbalance = true"), &["window.1.balance", "percent"]),
        (window("lasts = \"5h\"\nused_percent = \"/x\"\nscale = 0"), &["window.1.scale", "0"]),
        (window("lasts = \"0s\"\nused_percent = \"/x\""), &["window.1.lasts", "no time"]),
        (
            window("used_percent = \"/x\"\nperiod = { rolling = \"5h\" }"),
            &["window.1.period", "first use"],
        ),
        (
            window("lasts = \"5h\"\nused_percent = \"/x\"\nmodel = \"a\"\nmodel_at = \"/m\""),
            &["window.1.model", "twice"],
        ),
        (header("lasts = \"5h\"\nused_percent = \"/x\""), &["quota.header.1.used_percent", "name of a header"]),
        (header("lasts = \"5h\"\nused_percent = \"x\"\neach = \"x\""), &["quota.header.1.each", "probe"]),
        (count("unit = \"usd\"\nperiod = { monthly = 1 }"), &["quota.count.1.unit", "`usd`"]),
        (count("unit = \"requests\"\nlimit = 0\nperiod = { monthly = 1 }"), &["quota.count.1.limit", "0"]),
        (
            count("unit = \"requests\"\nmodel = \"a\"\neach_model = true\nperiod = { monthly = 1 }"),
            &["quota.count.1.model", "twice"],
        ),
        (count("unit = \"requests\"\nperiod = { monthly = 40 }"), &["mine.toml line", "no month has a day 40"]),
        (
            "[[quota.probe]]\nurl = \"ftp://x\"\nwindow = [{ name = \"X\", used_percent = \"/x\" }]\n".to_owned(),
            &["quota.probe.1.url", "http"],
        ),
        (
            "[[quota.probe]]\nurl = \"https://x.example/{team}\"\nwindow = [{ name = \"X\", used_percent = \"/x\" }]\n"
                .to_owned(),
            &["quota.probe.1.url", "no [[field]] `team`"],
        ),
    ] {
        let error = with_quota("mine", &text).err().map_or_else(|| "accepted".to_owned(), |error| error.to_string());
        for part in parts.iter().chain(&["mine.toml"]) {
            assert!(error.contains(part), "{text}\n{error}\nlacks {part}");
        }
        assert_eq!(error.lines().count(), 1, "{error}");
    }
}
