//! Answers to probes, as vendors gave them.

use catalog::Probed;

use super::{fixture, lines, ms, probed, quota};

const GLM: &str = "2026-08-24T08:00:00Z";

#[test]
fn glm_counts_credits_or_tells_a_percentage() {
    for id in ["glm", "glm-cn"] {
        assert_eq!(
            probed(id, 0, "glm", GLM),
            [
                "5 hours: 119\u{2030} used 3341 limit 28000 left 24658 credits in 4832 s",
                "Week: 180\u{2030} used 25224 limit 140000 left 114775 credits in 518927 s",
            ],
            "what the tools of the plan may use is no limit of chat"
        );
        assert_eq!(
            probed(id, 0, "glm-tokens", GLM),
            ["5 hours: 374\u{2030} percent in 4832 s", "Week: 0\u{2030} percent"]
        );
    }
    let over =
        br#"{"limits":[{"type":"CREDIT_LIMIT","unit":3,"number":5,"usage":2000,"currentValue":2005}]}"#;
    let Probed::Windows(over) = quota("glm").read_probe(0, 200, over, ms(GLM)) else { panic!() };
    assert_eq!(lines(&over, 0), ["5 hours: 1002\u{2030} used 2005 limit 2000 left -5 credits"]);
    assert!(over[0].is_spent());
}

#[test]
fn minimax_tells_what_is_left() {
    let now = "2026-07-27T19:00:00Z";
    for id in ["minimax", "minimax-cn"] {
        let addresses = quota(id).probes.len();
        for probe in 0..addresses {
            assert_eq!(
                probed(id, probe, "minimax", now),
                ["5 hours: 10\u{2030} percent in 3600 s", "Week: 40\u{2030} percent in 536400 s"],
                "video is a limit of its own"
            );
        }
    }
    // Counts of old plans mean the opposite at the two hosts; a window that is not limited is none.
    let counts = |id| probed(id, 0, "minimax-counts", now);
    assert_eq!(counts("minimax"), ["5 hours: 3\u{2030} used 5 limit 1500 left 1495 requests in 3600 s"]);
    assert_eq!(counts("minimax-cn"), ["5 hours: 996\u{2030} used 1495 limit 1500 left 5 requests in 3600 s"]);
    let spent = br#"{"model_remains":[{"model_name":"general","current_interval_status":2,
        "current_interval_remaining_percent":3}],"base_resp":{"status_code":0}}"#;
    let Probed::Windows(spent) = quota("minimax").read_probe(0, 200, spent, ms(now)) else { panic!() };
    assert_eq!(lines(&spent, 0), ["5 hours: 1000\u{2030} percent"], "the percentage lags behind");
}

#[test]
fn of_kimis_views_the_worst_counts() {
    assert_eq!(
        probed("kimi", 0, "kimi-old", "2026-08-08T12:53:05Z"),
        ["5 hours: 270\u{2030} percent in 7200 s", "Week: 260\u{2030} percent in 270000 s"]
    );
    assert_eq!(
        probed("kimi", 0, "kimi-new", "2026-09-15T12:00:00Z"),
        [
            "5 hours: 0\u{2030} percent in 2950 s",
            "Week: 200\u{2030} percent in 475200 s",
            "Month: 33\u{2030} percent in 2576950 s",
            "Month, coding: 0\u{2030} percent in 2576950 s",
        ]
    );
    assert_eq!(
        probed("kimi", 0, "kimi-both", "2026-09-15T12:00:00Z"),
        ["5 hours: 125\u{2030} percent in 2950 s", "Week: 1000\u{2030} percent in 273185 s"]
    );
}

#[test]
fn claude_names_its_windows_in_a_list() {
    let now = "2026-09-30T14:00:00Z";
    assert_eq!(
        probed("claude", 0, "claude", now),
        [
            "5 hours: 425\u{2030} percent in 3600 s",
            "Week: 300\u{2030} percent in 327600 s",
            "Week (Fable) for *fable*: 570\u{2030} percent",
            "Extra usage: left 40 usd",
        ]
    );
    let old = probed("claude", 0, "claude-old", now);
    assert_eq!(
        old,
        [
            "5 hours: 425\u{2030} percent in 3600 s",
            "Week: 300\u{2030} percent",
            "Week (Opus) for *opus*: 1000\u{2030} percent"
        ]
    );
    let Probed::Windows(windows) = quota("claude").read_probe(0, 200, &fixture("claude"), ms(now)) else {
        panic!()
    };
    assert!(windows[2].is_for("claude-fable-5-1") && !windows[2].is_for("claude-opus-5-5"));
    assert!(windows[0].is_for("claude-opus-5-5"));
}

#[test]
fn windows_of_codex_are_named_by_their_length() {
    let now = "2026-06-29T18:29:42Z";
    assert_eq!(
        probed("codex", 0, "codex", now),
        ["5 hours: 270\u{2030} percent in 13140 s", "Week: 40\u{2030} percent in 599940 s"]
    );
    assert_eq!(
        probed("codex", 0, "codex-weekly-in-primary", now),
        [
            "Week: 40\u{2030} percent in 599940 s",
            "5 hours (GPT-5.3 Codex Spark) for *gpt-5.3-codex-spark*: 600\u{2030} percent in 13140 s",
            "Credits: left 12.5 credits",
        ]
    );
}

#[test]
fn balances_are_money_without_an_end() {
    let now = "2026-06-20T12:00:00Z";
    for (id, probe, name, expected) in [
        ("deepseek", 0, "deepseek", &["Balance: left 0.52 usd", "Balance: left 110 cny"][..]),
        ("openrouter", 1, "openrouter-credits", &["Credits: left 74.75 usd"]),
        ("vercel-ai-gateway", 0, "vercel-ai-gateway", &["Credits: left 95.5 usd"]),
        ("siliconflow", 0, "siliconflow", &["Balance: left 88.88 usd"]),
        ("hyperbolic", 0, "hyperbolic", &["Balance: left 23.5 usd"]),
        ("kilo-gateway", 0, "kilo-gateway", &["Balance: left 12.34 usd"]),
    ] {
        assert_eq!(probed(id, probe, name, now), expected, "{id}");
    }
    assert_eq!(
        probed("venice", 0, "venice", "2026-05-22T12:00:00Z"),
        ["Balance: left 12.34 usd", "DIEM: left 1.23 credits in 43200 s"]
    );
    let refused = br#"{"data":{"accessPermitted":false,"balances":{"USD":null,"DIEM":0}}}"#;
    let Probed::Windows(windows) = quota("venice").read_probe(0, 200, refused, ms(now)) else { panic!() };
    assert_eq!(lines(&windows, 0), ["DIEM: 1000\u{2030} left 0 credits"]);
}

#[test]
fn plans_and_gateways_tell_their_windows() {
    for (id, probe, name, now, expected) in [
        (
            "openrouter",
            0,
            "openrouter",
            "2026-10-17T18:00:00Z",
            &[
                "Day, free models for *:free: 10\u{2030} used 10 limit 1000 left 990 requests in 21600 s",
                "Limit of the key: 595\u{2030} used 11.9 limit 20 left 8.1 usd in 1231200 s",
            ][..],
        ),
        (
            "openrouter",
            0,
            "openrouter-no-cap",
            "2026-10-17T18:00:00Z",
            &["Day, free models for *:free: 1000\u{2030} used 50 limit 50 left 0 requests in 21600 s"],
        ),
        (
            "ollama-cloud",
            0,
            "ollama-cloud",
            "2026-10-15T08:30:00Z",
            &["Included: 275\u{2030} used 27.5 limit 100 left 72.5 usd in 3600 s", "Purchased: left 25 usd"],
        ),
        (
            "ollama-cloud",
            0,
            "ollama-cloud-legacy",
            "2026-10-01T06:00:00Z",
            &[
                "5 hours: 250\u{2030} percent in 3600 s",
                "Week: 600\u{2030} percent in 324000 s",
                "Purchased: left 25 usd",
            ],
        ),
        (
            "opencode-go",
            0,
            "opencode-go",
            "2026-09-13T10:00:00Z",
            &[
                "5 hours: 10\u{2030} percent in 2567 s",
                "Week: 1000\u{2030} percent in 50400 s",
                "Month: 190\u{2030} percent in 2390150 s",
            ],
        ),
        (
            "clinepass",
            0,
            "clinepass",
            "2026-07-16T10:00:30Z",
            &[
                "5 hours: 125\u{2030} percent in 1200 s",
                "Week: 340\u{2030} percent in 309570 s",
                "Month: 567\u{2030} percent",
                "per_fortnight: 30\u{2030} percent",
            ],
        ),
        (
            "chutes",
            0,
            "chutes",
            "2026-06-20T12:00:00Z",
            &[
                "4 hours: 400\u{2030} used 40 limit 100 left 60 requests in 7200 s",
                "Month: 250\u{2030} used 250 limit 1000 left 750 credits in 907200 s",
            ],
        ),
        (
            "chutes",
            1,
            "chutes-day",
            "2026-06-20T12:00:00Z",
            &["Day: 100\u{2030} used 10 limit 100 left 90 requests in 43200 s"],
        ),
        (
            "github",
            0,
            "github",
            "2025-12-31T23:00:00Z",
            &["Month, premium requests: 200\u{2030} used 60 limit 300 left 240 requests in 3600 s"],
        ),
        (
            "github",
            0,
            "github-free",
            "2026-01-10T23:00:00Z",
            &["Month, chat: 180\u{2030} used 90 limit 500 left 410 requests in 3600 s"],
        ),
        (
            "kiro",
            0,
            "kiro",
            "2026-08-31T23:00:00Z",
            &["Month: left 31.57 credits in 3600 s", "Trial: left 379.75 credits"],
        ),
    ] {
        assert_eq!(probed(id, probe, name, now), expected, "{id} {name}");
    }
}

#[test]
fn a_refused_key_is_told_from_an_answer_without_data() {
    for (id, status, body) in [
        ("glm", 200, r#"{"code":401,"msg":"token expired or incorrect","success":false}"#),
        ("glm-cn", 200, r#"{"code":1001,"msg":"no key","success":false}"#),
        ("glm", 401, ""),
        ("minimax", 200, r#"{"base_resp":{"status_code":2049,"status_msg":"invalid api key"}}"#),
        (
            "minimax",
            200,
            r#"{"base_resp":{"status_code":1004,"status_msg":"login fail: Please carry the API secret key"}}"#,
        ),
        ("minimax-cn", 403, "{}"),
        (
            "kimi",
            401,
            r#"{"error":{"message":"Invalid Authentication","type":"invalid_authentication_error"}}"#,
        ),
        (
            "deepseek",
            401,
            r#"{"error":{"message":"Authentication Fails, Your api key: ****fcc2 is invalid","type":"authentication_error"}}"#,
        ),
        ("openrouter", 401, r#"{"error":{"message":"User not found.","code":401}}"#),
        ("siliconflow", 401, r#""Invalid token""#),
        ("hyperbolic", 403, "{}"),
        ("ollama-cloud", 401, r#"{"error":"unauthorized"}"#),
        ("opencode-go", 401, r#"{"type":"error","error":{"type":"AuthError","message":"Unauthorized"}}"#),
        ("clinepass", 403, r#"{"success":false}"#),
    ] {
        let answer = quota(id).read_probe(0, status, body.as_bytes(), 0);
        assert!(matches!(&answer, Probed::Refused(_)), "{id} {status} {body}: {answer:?}");
    }
    for (id, probe, status, body) in [
        ("glm", 0, 200, r#"{"code":500,"success":false,"msg":"You have no coding plan"}"#),
        ("glm", 0, 200, r#"{"code":200,"success":true,"data":{"limits":[]}}"#),
        ("glm", 0, 429, r#"{"code":1302,"msg":"Too many requests"}"#),
        ("minimax", 0, 404, "not found"),
        ("minimax", 2, 200, "<html>Just a moment...</html>"),
        ("minimax", 0, 403, "  <!DOCTYPE html>"),
        ("kimi", 0, 404, "{}"),
        ("kimi", 0, 200, r#"{"totalQuota":{"limit":"100","remaining":"99"}}"#),
        ("openrouter", 0, 403, r#"{"success":false,"error":"Access denied by security policy."}"#),
        (
            "openrouter",
            1,
            403,
            r#"{"error":{"message":"Only management keys can fetch credits","code":403}}"#,
        ),
        ("openrouter", 1, 401, "{}"),
        ("ollama-cloud", 0, 403, "{}"),
        ("ollama-cloud", 0, 200, r#"{"included":{"balance_usd":null}}"#),
        (
            "opencode-go",
            0,
            403,
            r#"{"type":"error","error":{"type":"EntitlementError","message":"OpenCode Go subscription required."}}"#,
        ),
        ("claude", 0, 429, r#"{"error":{"type":"rate_limit_error","message":"Rate limited."}}"#),
        ("claude", 0, 403, "{}"),
        ("codex", 0, 403, "<html><title>Just a moment...</title>"),
        ("github", 0, 403, r#"{"message":"Resource not accessible by integration"}"#),
        ("deepseek", 0, 200, ""),
        ("deepseek", 0, 500, "null"),
        ("deepseek", 7, 200, "{}"),
    ] {
        let answer = quota(id).read_probe(probe, status, body.as_bytes(), 0);
        assert!(matches!(&answer, Probed::NoData(_)), "{id} {status} {body}: {answer:?}");
    }
}

#[test]
fn why_there_is_nothing_is_told_in_the_vendors_words() {
    let why = |id: &str, status, body: &str| match quota(id).read_probe(0, status, body.as_bytes(), 0) {
        Probed::NoData(why) | Probed::Refused(why) => why,
        windows @ Probed::Windows(_) => panic!("{windows:?}"),
    };
    assert_eq!(why("glm", 200, r#"{"code":401,"msg":"token expired\n"}"#), "token expired");
    assert_eq!(why("claude", 429, r#"{"error":{"message":"Rate limited."}}"#), "Rate limited. (429)");
    assert_eq!(why("siliconflow", 401, r#""Invalid token""#), "Invalid token (401)");
    assert_eq!(why("deepseek", 502, "<html>"), "The provider answered 502");
    assert_eq!(why("deepseek", 200, "{}"), "The answer says nothing of what is left");
    let long = format!(r#"{{"message":"{}"}}"#, "x".repeat(10_000));
    assert!(why("deepseek", 500, &long).len() < 250);
}

#[test]
fn probes_are_asked_in_order_until_one_gives_something() {
    let minimax = quota("minimax");
    assert_eq!(minimax.probes.len(), 3);
    assert_eq!(minimax.next_probe(0, false), Some(0));
    assert_eq!(minimax.next_probe(1, false), Some(1));
    assert_eq!(minimax.next_probe(1, true), None);
    assert_eq!(minimax.next_probe(3, false), None);
    let chutes = quota("chutes");
    assert_eq!(chutes.next_probe(1, true), Some(2), "the balance is asked beside");
    assert_eq!(chutes.next_probe(1, false), Some(1));
}

#[test]
fn the_key_is_shown_as_the_vendor_wants_it() {
    for (id, header) in [
        ("glm", ("authorization", "k")),
        ("kimi", ("authorization", "Bearer k")),
        ("github", ("authorization", "token k")),
    ] {
        let (name, value) = quota(id).probes[0].credential("k");
        assert_eq!((name, value.as_str()), header, "{id}");
    }
    assert_eq!(quota("claude").probes[0].headers.get("anthropic-beta").unwrap(), "oauth-2025-04-20");
}
