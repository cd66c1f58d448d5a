//! Every provider file that comes with the program, and what a user's own files do to them.

use std::collections::{BTreeSet, HashSet};

use catalog::{Auth, Catalog, Dialect, HeaderForKey, Prefill, Rule, Speaks, Tier};

fn with(text: &str) -> Result<Catalog, catalog::CatalogError> {
    Catalog::builtin()?.with_user_files([("mine.toml".to_owned(), text.to_owned())])
}

fn refusal(text: &str) -> String {
    with(text).err().map_or_else(|| "accepted".to_owned(), |error| error.to_string())
}

const MINE: &str = r#"
id = "mine"
name = "Mine"
tier = "cheap"
auth = { kind = "key" }
[[speaks]]
dialect = "chat"
url = "https://llm.example.com/v1/chat/completions"
"#;

#[test]
fn every_file_of_the_folder_is_built_in() {
    let folder: BTreeSet<String> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/providers"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let built_in: BTreeSet<String> =
        Catalog::builtin().unwrap().providers().map(|provider| format!("{}.toml", provider.id)).collect();
    assert_eq!(built_in, folder, "src/builtin.rs lists the files of providers/");
}

#[test]
fn every_built_in_provider_is_sound() {
    let catalog = Catalog::builtin().unwrap();
    let mut names = HashSet::new();
    for provider in catalog.providers() {
        let id = &provider.id;
        let mut own: Vec<&String> = provider.aliases.iter().chain([id]).collect();
        if provider.prefix != *id {
            own.push(&provider.prefix);
        }
        for name in own {
            assert!(names.insert(name.clone()), "{id}: {name} is taken");
            assert_eq!(&catalog.get(name).unwrap().id, id);
        }
        let local = provider.tier == Tier::Local;
        let urls = provider.speaks.iter().map(|speaks| &speaks.url).chain(&provider.models_url);
        for url in urls {
            assert!(url.starts_with("https://") || local, "{id}: {url}");
        }
        for speaks in provider.speaks.iter().filter(|speaks| speaks.driver.is_none()) {
            // A path that names the model goes on after the list of models.
            let end = if speaks.paths.is_some() { "/models" } else { speaks.dialect.path() };
            assert!(speaks.url.ends_with(end), "{id}: {}", speaks.url);
            if speaks.dialect == Dialect::Messages && speaks.paths.is_none() {
                assert_eq!(speaks.headers.get("anthropic-version").unwrap(), "2023-06-01", "{id}");
            }
        }
        // Whoever needs no key has no page for one: the user's own machine, and OpenCode's free models.
        let keyless = local || id == "opencode";
        assert_eq!(provider.auth == Auth::None, keyless, "{id}");
        assert_eq!(provider.keys_at.is_empty(), keyless || provider.auth == Auth::SignIn, "{id}");
        if let Some(sign_in) = &provider.sign_in {
            assert!(sign_in.urls().all(|(_, url)| url.starts_with("https://")), "{id}");
            // Nothing of a consumer's plan is used behind its vendor's back.
            assert!(sign_in.opt_in || provider.tier == Tier::Cheap, "{id}");
        }
        let mut models = HashSet::new();
        for model in &provider.models {
            assert!(models.insert(&model.id), "{id}: {} is given twice", model.id);
            assert!(model.context.is_none_or(|context| context >= 4_096), "{id}: {}", model.id);
            let Some(price) = model.price else { continue };
            let (input, output) = (price.input.unwrap(), price.output.unwrap());
            assert!(input > 0 && output >= input, "{id}: {}", model.id);
            assert!(price.cache_read.is_none_or(|read| read <= input), "{id}: {}", model.id);
            assert!(price.cache_write.is_none_or(|write| write >= input), "{id}: {}", model.id);
        }
    }
}

#[test]
fn what_a_plan_covers_has_the_price_of_who_sells_it_by_the_token() {
    let catalog = Catalog::builtin().unwrap();
    let get = |id: &str| catalog.get(id).unwrap();
    for plan in catalog.providers().filter(|provider| provider.tier != Tier::Cheap) {
        // At least one model is known by the same id there: else the reference says nothing.
        let Some(seller) = plan.list.as_deref().map(get) else { continue };
        assert_eq!(seller.tier, Tier::Cheap, "{}", plan.id);
        let priced = |id: &str| seller.model(id).is_some_and(|model| model.price.is_some());
        assert!(plan.models.iter().any(|model| priced(&model.id)), "{} and {}", plan.id, seller.id);
    }
    for (plan, seller) in [("claude", "anthropic"), ("codex", "openai"), ("chatgpt", "openai")] {
        assert_eq!(get(plan).list.as_deref(), Some(seller));
    }
    assert_eq!(get("vertex-claude").list, None, "it sells by the token itself");

    let plan = MINE.replace("\"cheap\"", "\"subscription\"");
    let listed = |list: &str| refusal(&format!("{}\n{plan}", list));
    assert!(listed("list = \"nobody\"").contains("list"));
    assert!(listed("list = \"claude\"").contains("sells by the token"));
    let model = |list: &str| refusal(&format!("{plan}\n[[model]]\nid = \"m\"\nlist = \"{list}\""));
    assert_eq!(model("anthropic/claude-opus-5"), "accepted");
    for list in ["anthropic/none", "claude/claude-opus-5", "anthropic"] {
        let refused = model(list);
        assert!(refused.contains("model.m.list") && refused.contains(list), "{refused}");
    }
}

#[test]
fn what_is_not_offered_says_why() {
    let catalog = Catalog::builtin().unwrap();
    let listed = Catalog::not_offered().unwrap();
    assert!(listed.iter().any(|provider| provider.name == "Cursor"));
    for provider in &listed {
        assert!(provider.why.ends_with('.') && provider.why.len() > 40, "{provider:?}");
        assert!(catalog.providers().all(|known| known.name != provider.name), "{provider:?} is offered");
    }
}

#[test]
fn a_faulty_sign_in_is_named() {
    let sign_in =
        |lines: &str| refusal(&format!("{MINE}\n[sign_in]\ntoken_url = \"https://a.example/t\"\n{lines}"));
    for (lines, said) in [
        ("flows = []\nclient_id = \"x\"", "sign_in.flows"),
        ("flows = [\"code\"]\nclient_id = \"x\"", "sign_in.authorize_url"),
        ("flows = [\"device\"]\nclient_id = \"x\"", "sign_in.device_url"),
        ("flows = [\"device\"]\ndevice_url = \"https://a.example/d\"", "sign_in.client_id"),
        ("flows = [\"device\"]\ndevice_url = \"nowhere\"\nclient_id = \"x\"", "sign_in.device_url"),
        (
            "flows = [\"device\"]\ndevice_url = \"https://a.example/d\"\nclient_id = \"x\"\nopt_in = true",
            "sign_in.terms",
        ),
        (
            "flows = [\"device\"]\ndevice_url = \"https://a.example/d\"\nclient_id = \"x\"\nheaders = { a = \"{b}\" }",
            "sign_in.headers",
        ),
        (
            "flows = [\"device\"]\ndevice_url = \"https://a.example/d\"\nclient_id = \"x\"\ncallback = { host = \"evil.example\" }",
            "sign_in.callback.host",
        ),
        (
            "flows = [\"device\"]\ndevice_url = \"https://a.example/d\"\nclient_id = \"x\"\nfacts = { a = \"b\" }",
            "sign_in.facts",
        ),
    ] {
        let refused = sign_in(lines);
        assert!(refused.contains(said) && refused.contains("mine.toml"), "{lines}: {refused}");
    }
    let none = refusal(&MINE.replace("kind = \"key\"", "kind = \"sign-in\""));
    assert!(none.contains("sign_in"), "{none}");
    let keyless = refusal(&format!("{MINE}\n[sign_in]\nflows = [\"device\"]"));
    assert!(keyless.contains("sign_in.token_url"), "{keyless}");
}

#[test]
fn a_key_can_be_exchanged_for_tokens_and_headers_of_the_vendors_own() {
    let exchange = |lines: &str| format!("{MINE}\n[sign_in.exchange]\nscheme = \"Bearer\"\n{lines}\n");
    let at = "url = \"https://{instance}/t\"\nheaders = [\"x-vendor-\"]";
    let field = "[[field]]\nname = \"instance\"\nlabel = \"Instance\"\nhost = true\ndefault = \"a.example\"";
    let catalog = with(&exchange(&format!("{at}\n{field}"))).unwrap();
    let mine = catalog.get("mine").unwrap();
    assert!(mine.exchanges_keys());
    let sign_in = mine.sign_in.as_ref().unwrap();
    let said = [("instance".to_owned(), "b.example".to_owned())].into();
    let own = sign_in.of(&said);
    let own_exchange = own.exchange.as_ref().unwrap();
    assert_eq!((own_exchange.url.as_str(), own.foreign), ("https://b.example/t", true));
    for (name, taken) in [
        ("x-vendor-id", true),
        ("x-vendors", false),
        ("authorization", false),
        ("x-api-key", false),
        ("host", false),
    ] {
        assert_eq!(own_exchange.takes(name), taken, "{name}");
    }
    assert!(!catalog.get("openai").unwrap().exchanges_keys());
    for (lines, said) in [
        (at.to_owned(), "there is no [[field]] `instance`"),
        (format!("{at}\n{}", field.replace("a.example", "localhost")), "field.instance.choice"),
        (at.replace("x-vendor-", "authorization"), "sign_in.exchange.headers"),
        (at.replace("x-vendor-", "x-"), "sign_in.exchange.headers"),
        (at.replace("https://{instance}", "nowhere"), "sign_in.exchange.url"),
    ] {
        let refused = refusal(&exchange(&lines));
        assert!(refused.contains(said), "{lines}: {refused}");
    }
    let lines = exchange(at)
        .replace("[sign_in.exchange]", "[sign_in]\nopt_in = true\nterms = \"x\"\n[sign_in.exchange]");
    assert!(refusal(&lines).contains("sign_in.opt_in"));
}

/// A rule beyond its types: what a reader of the file would stumble over.
fn check_rule(of: &str, rule: &Rule) {
    let name = format!("{of}/{}", rule.id);
    let plain = |c: char| c.is_ascii_lowercase() || c == '-';
    assert!(!rule.id.is_empty() && rule.id.chars().all(plain), "{name}: an id is words and dashes");
    assert!(rule.sentence.starts_with(char::is_uppercase) && !rule.sentence.ends_with('.'), "{name}");
    for list in [&rule.text, &rule.code, &rule.header] {
        let list: Vec<&String> = list.iter().flatten().collect();
        assert!(list.iter().all(|text| **text == text.to_lowercase()), "{name}: {list:?} in lower case");
        let once: HashSet<_> = list.iter().collect();
        assert_eq!(once.len(), list.len(), "{name}: {list:?}");
    }
    // A shorter text of the same list says the same already.
    let texts: Vec<&String> = rule.text.iter().flatten().collect();
    for text in &texts {
        let said = texts.iter().find(|other| *other != text && text.contains(other.as_str()));
        assert_eq!(said, None, "{name}: {text} is never needed");
    }
    // The words and the mark say the same, or a token that has only ended would be parked.
    assert_eq!(
        rule.credential,
        rule.sentence.starts_with("Key ") && rule.sentence.contains("refused"),
        "{name}"
    );
    let conditions = rule.status.is_some() || rule.text.is_some() || rule.code.is_some();
    let others = rule.header.is_some() || rule.silent.is_some() || rule.no_answer.is_some();
    assert!(conditions || others, "{name} holds for everything");
}

#[test]
fn every_rule_is_sound() {
    #[derive(serde::Deserialize)]
    struct Defaults {
        rule: Vec<Rule>,
    }
    let defaults: Defaults = toml::from_str(include_str!("../rules.toml")).unwrap();
    let catalog = Catalog::builtin().unwrap();
    let own = catalog.providers().map(|provider| (provider.id.as_str(), &provider.rules));
    for (of, rules) in own.chain([("default", &defaults.rule)]) {
        let ids: HashSet<_> = rules.iter().map(|rule| &rule.id).collect();
        assert_eq!(ids.len(), rules.len(), "{of}: ids are unique");
        for rule in rules {
            check_rule(of, rule);
        }
    }
}

#[test]
fn a_price_reads_in_nano_usd_and_an_unstated_one_is_unknown() {
    let catalog = Catalog::builtin().unwrap();
    let anthropic = catalog.get("anthropic").unwrap();
    let sonnet = anthropic.model("claude-sonnet-4-5").unwrap().price.unwrap();
    assert_eq!(
        (sonnet.input, sonnet.output, sonnet.cache_read, sonnet.cache_write),
        (Some(3_000_000_000), Some(15_000_000_000), Some(300_000_000), Some(3_750_000_000))
    );
    assert_eq!(anthropic.model("claude-haiku-5-5").unwrap().price, None);
}

#[test]
fn claude_code_and_openai_clients_both_find_a_door_at_the_coding_plans() {
    let catalog = Catalog::builtin().unwrap();
    for id in [
        "glm",
        "minimax",
        "deepseek",
        "ollama",
        "ollama-cloud",
        "alicode",
        "alicode-intl",
        "alitp-intl",
        "byteplus",
        "glm-cn",
        "minimax-cn",
        "opencode-go",
        "volcengine-ark",
        "xiaomi-mimo",
    ] {
        let provider = catalog.get(id).unwrap();
        for dialect in [Dialect::Chat, Dialect::Messages] {
            assert!(
                provider.speaks.iter().any(|speaks| speaks.dialect == dialect),
                "{id} {}",
                dialect.as_str()
            );
        }
    }
    assert_eq!(catalog.get("glm").unwrap().speaks[0].header.value("k"), "Bearer k");
    assert_eq!(catalog.get("kmc").unwrap().speaks[0].header, HeaderForKey::XApiKey);
    assert_eq!(catalog.get("ollama-cloud").unwrap().speaks[1].header.name(), "authorization");
}

#[test]
fn the_words_of_other_routers_are_understood() {
    let catalog = Catalog::builtin().unwrap();
    for (word, id) in [
        ("ds", "deepseek"),
        ("kmc", "kimi"),
        ("af", "api-airforce"),
        ("qianfan", "baidu"),
        ("ernie", "baidu"),
        ("bzl", "bazaarlink"),
        ("bb", "blackbox"),
        ("bpm", "byteplus"),
        ("ch", "chutes"),
        ("cbcn", "codebuddy-cn"),
        ("cbai", "codebuddy-intl"),
        ("fl", "featherless"),
        ("hyp", "hyperbolic"),
        ("kgw", "kilo-gateway"),
        ("kilogateway", "kilo-gateway"),
        ("morphllm", "morph"),
        ("oc", "opencode"),
        ("ocg", "opencode-go"),
        ("pplx", "perplexity"),
        ("pa", "perplexity-agent"),
        ("hunyuan", "tencent"),
        ("tr", "tokenrouter"),
        ("vn", "venice"),
        ("vercel", "vercel-ai-gateway"),
        ("ark", "volcengine-ark"),
        ("mimo", "xiaomi-mimo"),
    ] {
        assert_eq!(catalog.get(word).unwrap().id, id, "{word}");
    }
}

#[test]
fn a_users_file_adds_a_provider_with_sensible_defaults() {
    let catalog = with(MINE).unwrap();
    let mine = catalog.get("mine").unwrap();
    assert_eq!((mine.prefix.as_str(), mine.tweak.include_usage), ("mine", true));
    assert_eq!(mine.speaks[0].header, HeaderForKey::Authorization);
}

#[test]
fn a_users_file_overrides_only_what_it_names() {
    let catalog = with(
        r#"
        id = "openai"
        name = "Work account"
        tweak = { headers = { OpenAI-Project = "p" } }
        [[model]]
        id = "gpt-4o"
        price = { input = 0.003625, output = 1 }
        [[model]]
        id = "gpt-new"
        upstream_id = "gpt-new-2027"
        "#,
    )
    .unwrap();
    let builtin = Catalog::builtin().unwrap();
    let (before, after) = (builtin.get("openai").unwrap(), catalog.get("openai").unwrap());
    assert_eq!(after.name, "Work account");
    assert_eq!((&after.speaks, after.tier), (&before.speaks, before.tier));
    assert_eq!(after.models.len(), before.models.len() + 1);
    let gpt = after.model("gpt-4o").unwrap();
    assert_eq!(gpt.context, before.model("gpt-4o").unwrap().context);
    let price = gpt.price.unwrap();
    assert_eq!((price.input, price.cache_read), (Some(3_625_000), None), "a price replaces as a whole");
    assert_eq!(after.model("gpt-new").unwrap().sent_as(), "gpt-new-2027");
    assert_eq!(after.tweak.headers.get("openai-project").unwrap(), "p");
}

#[test]
fn what_a_model_can_take_is_stated_or_unknown() {
    let catalog = with(
        r#"
        id = "openai"
        tweak = { prefill = "partial" }
        [[model]]
        id = "gpt-4o"
        images = true
        documents = false
        tools = true
        prefill = "prefix"
        [[model]]
        id = "gpt-new"
        "#,
    )
    .unwrap();
    let openai = catalog.get("openai").unwrap();
    let stated = openai.model("gpt-4o").unwrap();
    assert_eq!((stated.images, stated.documents, stated.tools), (Some(true), Some(false), Some(true)));
    let unknown = openai.model("gpt-new").unwrap();
    assert_eq!((unknown.images, unknown.documents, unknown.tools), (None, None, None));
    assert_eq!(openai.prefill("gpt-4o"), Prefill::Prefix, "the model's own word");
    assert_eq!(openai.prefill("gpt-new"), Prefill::Partial, "the provider's");
    assert_eq!(openai.prefill("gpt-nobody-knows"), Prefill::Partial);
    let mine = with(MINE).unwrap().get("mine").unwrap().prefill("m");
    assert_eq!(mine, Prefill::None, "unless stated, an answer cannot be continued");
    let speaks = Speaks::at_base(Dialect::Chat, "https://llm.example.com/v1");
    let custom = catalog.custom("own", "Own", Tier::Cheap, speaks, ["m".to_owned()]);
    assert_eq!((custom.prefill("m"), custom.models[0].images), (Prefill::None, None));
}

#[test]
fn a_users_rule_is_tried_first_and_replaces_one_of_the_same_id() {
    let rule = r#"
        id = "glm"
        [[rule]]
        id = "rate-limit"
        status = [429]
        verdict = "stop"
        sentence = "Mine"
    "#;
    let builtin = Catalog::builtin().unwrap();
    let catalog = with(rule).unwrap();
    let (before, after) = (builtin.get("glm").unwrap(), catalog.get("glm").unwrap());
    assert_eq!(after.rules[0].sentence, "Mine");
    assert_eq!(after.rules.len(), before.rules.len());
}

#[test]
fn a_faulty_file_is_named_with_its_key_in_one_sentence() {
    let speaks = "[[speaks]]\ndialect = \"chat\"\nurl = \"https://x.example/v1/chat/completions\"\n";
    for (text, parts) in [
        ("id = \"mine\"\nnmae = \"x\"", vec!["mine.toml line 2", "nmae"]),
        ("id = \"mine\"\nname = 3", vec!["mine.toml line 2", "key `name`", "string"]),
        ("id = \"mine\"\ntier = \"gold\"", vec!["mine.toml line 2", "key `tier`", "gold", "subscription"]),
        ("name = \"Mine\"", vec!["mine.toml", "missing field `id`"]),
        ("id = \"mine\"", vec!["mine.toml", "key `speaks`", "missing"]),
        ("id = \"Mine\"", vec!["mine.toml", "key `id`", "`Mine`", "lower-case"]),
        ("id = \"openai\"\naliases = [\"anthropic\"]", vec!["mine.toml", "key `aliases`", "`anthropic`"]),
        (
            "id = \"openai\"\n[[model]]\nid = \"m\"\nprice = { input = 1, output = -1 }",
            vec!["mine.toml", "key `model.m.price.output`", "-1"],
        ),
        (
            "id = \"openai\"\n[[model]]\nid = \"m\"\nprice = { input = 1, cache_read = 2 }",
            vec!["mine.toml", "key `model.m.price.cache_read`", "higher than `input`"],
        ),
        (
            "id = \"openai\"\n[[model]]\nid = \"m\"\nprice = { input = \"free\" }",
            vec!["mine.toml line 4", "key `input`", "expected"],
        ),
        (
            "id = \"openai\"\n[[model]]\nid = \"m\"\n[[model]]\nid = \"m\"",
            vec!["mine.toml", "model.id", "twice"],
        ),
        (
            "id = \"openai\"\n[[rule]]\nid = \"r\"\nverdict = \"stop\"\nsentence = \"s\"\npark = \"soon\"",
            vec!["mine.toml line 6", "key `park`", "soon"],
        ),
        (
            "id = \"openai\"\n[[rule]]\nid = \"r\"\nverdict = \"stop\"\nsentence = \"s\"\npark = \"1s\"",
            vec!["mine.toml", "key `rule.r.park`", "next-account"],
        ),
        (
            "id = \"openai\"\n[[rule]]\nid = \"r\"\nverdict = \"stop\"\nsentence = \"s\"\ncredential = true",
            vec!["mine.toml", "key `rule.r.credential`", "next-account"],
        ),
        (
            "id = \"openai\"\n[[rule]]\nid = \"r\"\nverdict = \"next-account\"\nsentence = \"s\"\npark = \"1s\"\nuntil = \"midnight-utc\"",
            vec!["mine.toml", "key `rule.r.until`", "park"],
        ),
        (
            "id = \"openai\"\n[[rule]]\nid = \"r\"\nverdict = \"stop\"\nsentence = \"s\"\nheader = [\"retry-after\"]",
            vec!["mine.toml", "key `rule.r.header`", "name: value"],
        ),
        (
            "id = \"openai\"\n[[rule]]\nid = \"r\"\nstatus = [42]\nverdict = \"stop\"\nsentence = \"s\"",
            vec!["mine.toml line 4", "key `status`", "429"],
        ),
        (
            "id = \"x\"\n[[speaks]]\ndialect = \"chat\"\nurl = \"ftp://x\"",
            vec!["mine.toml", "speaks.url", "ftp://x"],
        ),
        (&format!("id = \"x\"\nname = \"X\"\ntier = \"free\"\n{speaks}"), vec!["mine.toml", "key `auth`"]),
        (
            "id = \"x\"\ntweak = { prefill = \"yes\" }",
            vec!["mine.toml line 2", "key `prefill`", "yes", "partial"],
        ),
        ("id = \"openai\"\n[[model]]\nid = \"m\"\nimages = 1", vec!["mine.toml line 4", "key `images`"]),
        ("id = \"x\"\nauth = { kind = \"oauth\" }", vec!["mine.toml line 2", "oauth", "none"]),
        (
            "id = \"x\"\n[[speaks]]\ndialect = \"messages\"\nurl = \"https://x.example/models\"\npaths = { whole = \"/ask\", stream = \"/{model}:stream\" }",
            vec!["mine.toml", "key `speaks.paths.whole`", "{model}"],
        ),
        (
            "id = \"x\"\n[[speaks]]\ndialect = \"messages\"\nurl = \"https://x.example/models\"\npaths = { whole = \"/{model}\", stream = \"{model}\" }",
            vec!["mine.toml", "key `speaks.paths.stream`", "begin with /"],
        ),
    ] {
        let sentence = refusal(text);
        for part in parts {
            assert!(sentence.contains(part), "{sentence:?} should say {part:?}");
        }
        assert!(!sentence.contains('\n'), "{sentence:?}");
    }
}
