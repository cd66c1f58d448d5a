//! Who gets into the dashboard: the set-up link works once, sessions cannot be stolen by other sites, and whoever
//! changes the password is alone again.

use crate::support::client::{Answer, encoded};
use crate::support::{House, PASSWORD};
use http::Method;
use serde_json::{Value, json};

const LOGIN: [(&str, &str); 2] = [("name", "admin"), ("password", PASSWORD)];

/// Signs in with a browser; gives the cookie.
async fn sign_in(house: &House) -> String {
    let answer = house.client.form("/console/log_in", "", &LOGIN).await;
    assert!(answer.status < 400, "{answer:?}");
    answer.cookie().expect("a session")
}

async fn inside(house: &House, cookie: &str) -> bool {
    let page = house.client.page("/", cookie).await;
    match page.status {
        200 => true,
        303 => {
            assert_eq!(page.header("location"), "/login");
            false
        }
        _ => panic!("{page:?}"),
    }
}

async fn bearer_good(house: &House) -> bool {
    house.api(Method::GET, "/api/v1/keys", Value::Null).await.status == 200
}

fn set_up(token: &str) -> [(&'static str, String); 3] {
    [("token", token.to_owned()), ("name", "ada".to_owned()), ("password", PASSWORD.to_owned())]
}

async fn try_set_up(house: &House, token: &str) -> Answer {
    let fields = set_up(token);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    house.client.form("/console/set_up", "", &fields).await
}

fn token_of(house: &House) -> String {
    house.app.setup.url("").split_once("token=").unwrap().1.to_owned()
}

#[tokio::test]
async fn the_set_up_link_works_once_and_only_with_its_own_token() {
    let house = House::bare(&[]).await;
    let token = token_of(&house);
    for wrong in ["", "x", &token[1..], &format!("{token}x"), &token.to_lowercase()] {
        let answer = try_set_up(&house, wrong).await;
        assert_eq!(answer.status, 401, "{wrong}: {answer:?}");
        assert!(answer.cookie().is_none(), "{wrong}: {answer:?}");
    }
    assert_eq!(house.app.store.count_people().await.unwrap(), 0);
    let answer = try_set_up(&house, &token).await;
    assert!(answer.status < 400, "{answer:?}");
    let cookie = answer.cookie().expect("a session at once");
    assert!(inside(&house, &cookie).await);

    let again = try_set_up(&house, &token).await;
    assert_eq!(again.status, 409, "{again:?}");
    assert!(again.cookie().is_none());
    assert_eq!(house.app.store.count_people().await.unwrap(), 1);
    let login = json!({ "name": "ada", "password": PASSWORD });
    assert_eq!(house.client.json(Method::POST, "/api/v1/login", &[], login).await.status, 200);
}

#[tokio::test]
async fn a_password_that_keeps_nobody_out_is_refused() {
    let house = House::bare(&[]).await;
    let token = token_of(&house);
    for password in ["", "1234567", &"x".repeat(2000)] {
        let fields = [("token", token.as_str()), ("name", "ada"), ("password", password)];
        let answer = house.client.form("/console/set_up", "", &fields).await;
        assert_eq!(answer.status, 400, "{answer:?}");
    }
    assert_eq!(house.app.store.count_people().await.unwrap(), 0);
}

#[tokio::test]
async fn two_browsers_with_the_same_link_make_one_person() {
    let house = House::bare(&[]).await;
    let token = token_of(&house);
    let (one, other) = tokio::join!(try_set_up(&house, &token), try_set_up(&house, &token));
    let good = [&one, &other].iter().filter(|answer| answer.status < 400).count();
    assert_eq!(good, 1, "{one:?}\n{other:?}");
    assert_eq!(house.app.store.count_people().await.unwrap(), 1);
}

#[tokio::test]
async fn the_session_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    for (base, secure) in [("http://127.0.0.1:20128", false), ("https://router.example.com", true)] {
        let house = House::furnished(House::bare(&[("BASE_URL", base)]).await).await;
        let answer = house.client.form("/console/log_in", "", &LOGIN).await;
        let cookie = answer.header("set-cookie").to_lowercase();
        let flags: Vec<&str> = cookie.split(';').map(str::trim).collect();
        assert!(flags.contains(&"httponly") && flags.contains(&"path=/"), "{cookie}");
        assert!(flags.contains(&"samesite=lax") || flags.contains(&"samesite=strict"), "{cookie}");
        assert_eq!(flags.contains(&"secure"), secure, "{cookie}");
        assert!(!flags.iter().any(|flag| flag.starts_with("domain")), "{cookie}");
    }
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_are_answered_alike() {
    let house = House::open().await;
    let wrong =
        house.client.form("/console/log_in", "", &[("name", "admin"), ("password", "wrong password")]).await;
    let unknown =
        house.client.form("/console/log_in", "", &[("name", "nobody"), ("password", PASSWORD)]).await;
    for answer in [&wrong, &unknown] {
        assert_eq!(answer.status, 401, "{answer:?}");
        assert!(answer.cookie().is_none(), "{answer:?}");
    }
    assert_eq!(wrong.text(), unknown.text());
    assert!(wrong.text().contains("reset-password"), "it says what to do: {wrong:?}");
}

#[tokio::test]
async fn guessing_is_slowed_down_wherever_it_is_tried() {
    let house = House::open().await;
    let mut limited = 0;
    for guess in 0..24 {
        // A header that claims another address does not help.
        let address = format!("203.0.113.{guess}");
        let headers = [("x-forwarded-for", address.as_str())];
        let body = json!({ "name": "admin", "password": format!("guess {guess}") });
        let answer = house.client.json(Method::POST, "/api/v1/login", &headers, body).await;
        match answer.status {
            401 => assert_eq!(answer.header("retry-after"), ""),
            429 => {
                let seconds: u64 = answer.header("retry-after").parse().unwrap();
                assert!(answer.message().contains(&format!("Wait {seconds} seconds")), "{answer:?}");
                assert!((1..=60).contains(&seconds), "{answer:?}");
                limited += 1;
            }
            _ => panic!("{answer:?}"),
        }
    }
    assert!(limited >= 8, "only {limited} of 24 guesses were held up");
    let answer = house.client.form("/console/log_in", "", &LOGIN).await;
    assert_eq!(answer.status, 429, "the form has no allowance of its own: {answer:?}");
    assert!(answer.header("retry-after").parse::<u64>().is_ok(), "{answer:?}");
    let origin = format!("http://{}", house.client.address);
    let browser = [
        ("origin", origin.as_str()),
        ("accept", "text/html,application/xhtml+xml"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let form = crate::support::client::encoded(&LOGIN);
    let answer = house.client.send(Method::POST, "/console/log_in", &browser, form).await;
    assert_eq!(answer.status, 302, "without a script the browser is led back to the form: {answer:?}");
    assert_eq!(answer.header("retry-after"), "", "and not held back on its way there");
}

#[tokio::test]
async fn a_form_of_another_site_is_refused() {
    let house = House::open().await;
    let cookie = sign_in(&house).await;
    let own = format!("http://{}", house.client.address);
    let form = ("content-type", "application/x-www-form-urlencoded");
    let cases: [&[(&str, &str)]; 6] = [
        &[("origin", "https://evil.example"), form],
        &[("origin", "null"), form],
        &[("sec-fetch-site", "cross-site"), ("origin", &own), form],
        &[("sec-fetch-site", "same-site"), ("origin", &own), form],
        &[("origin", "http://127.0.0.1"), form],
        &[form],
    ];
    for headers in cases {
        let mut headers = headers.to_vec();
        headers.push(("accept", "application/json"));
        let login = house.client.send(Method::POST, "/console/log_in", &headers, encoded(&LOGIN)).await;
        assert!((400..500).contains(&login.status), "{headers:?}: {login:?}");
        assert!(login.cookie().is_none(), "{headers:?}");
        headers.push(("cookie", &cookie));
        let made = house
            .client
            .send(Method::POST, "/console/create_key", &headers, encoded(&[("name", "evil")]))
            .await;
        assert!((400..500).contains(&made.status), "{headers:?}: {made:?}");
    }
    assert_eq!(house.read("/api/v1/keys").await.as_array().unwrap().len(), 1, "no key was made");
    let made = house.client.form("/console/create_key", &cookie, &[("name", "mine")]).await;
    assert!(made.status < 400, "our own page may: {made:?}");
    assert_eq!(house.read("/api/v1/keys").await.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_session_known_before_the_sign_in_is_worth_nothing_after_it() {
    let house = House::open().await;
    let planted = "ninerouter=AAAAAAAAAAAAAAAAAAAAAA";
    let answer = house.client.form("/console/log_in", planted, &LOGIN).await;
    let cookie = answer.cookie().expect("a session of its own");
    assert_ne!(cookie, planted);
    assert!(inside(&house, &cookie).await && !inside(&house, planted).await);

    let again = house.client.form("/console/log_in", &cookie, &LOGIN).await.cookie().expect("a new id");
    assert_ne!(again, cookie);
    assert!(inside(&house, &again).await);
    assert!(!inside(&house, &cookie).await, "the id from before the sign-in has ended");
}

#[tokio::test]
async fn signing_out_ends_this_session_and_no_other() {
    let house = House::open().await;
    let (one, other) = (sign_in(&house).await, sign_in(&house).await);
    assert!(house.client.form("/console/log_out", &one, &[]).await.status < 400);
    assert!(!inside(&house, &one).await && inside(&house, &other).await);
    assert!(bearer_good(&house).await);
}

#[tokio::test]
async fn signing_out_everywhere_ends_every_session_and_bearer() {
    for by_program in [false, true] {
        let house = House::open().await;
        let (one, other) = (sign_in(&house).await, sign_in(&house).await);
        let sessions = house.read("/api/v1/settings").await["sessions"].clone();
        assert_eq!(sessions.as_array().unwrap().len(), 2, "{sessions:#?}");
        let status = if by_program {
            house.api(Method::DELETE, "/api/v1/sessions", Value::Null).await.status
        } else {
            house.client.form("/console/sign_out_everywhere", &one, &[]).await.status
        };
        assert!(status < 400, "{status}");
        assert!(!inside(&house, &one).await && !inside(&house, &other).await);
        assert!(!bearer_good(&house).await);
        assert!(inside(&house, &sign_in(&house).await).await, "and one can come back");
    }
}

#[tokio::test]
async fn a_new_password_ends_everything_but_the_session_that_chose_it() {
    let house = House::open().await;
    let (one, other) = (sign_in(&house).await, sign_in(&house).await);
    const NEW: &str = "a better horse battery";
    let wrong =
        house.client.form("/console/change_password", &one, &[("current", "wrong"), ("new", NEW)]).await;
    assert_eq!(wrong.status, 400, "{wrong:?}");
    let weak =
        house.client.form("/console/change_password", &one, &[("current", PASSWORD), ("new", "short")]).await;
    assert_eq!(weak.status, 400, "{weak:?}");
    assert!(inside(&house, &other).await && bearer_good(&house).await, "nothing has changed");

    let done =
        house.client.form("/console/change_password", &one, &[("current", PASSWORD), ("new", NEW)]).await;
    assert!(done.status < 400, "{done:?}");
    assert!(inside(&house, &one).await && !inside(&house, &other).await && !bearer_good(&house).await);
    let old = house.client.form("/console/log_in", "", &LOGIN).await;
    assert_eq!(old.status, 401, "{old:?}");
    let new = house.client.form("/console/log_in", "", &[("name", "admin"), ("password", NEW)]).await;
    assert!(new.cookie().is_some(), "{new:?}");
}

#[tokio::test]
async fn sessions_and_bearers_outlive_a_restart() {
    let house = House::open().await;
    let cookie = sign_in(&house).await;
    let house = house.restarted().await;
    assert!(inside(&house, &cookie).await && bearer_good(&house).await);
}

#[tokio::test]
async fn bearers_are_signed_with_the_secret_of_the_operator_where_there_is_one() {
    let house = House::furnished(House::bare(&[("JWT_SECRET", "one secret")]).await).await;
    let old = house.bearer.clone();
    let (folder, provider) = house.stop().await;
    let mut house = House::on(folder, &[("JWT_SECRET", "another secret")], provider).await;
    house.bearer = old;
    assert!(!bearer_good(&house).await);
}

#[tokio::test]
async fn a_form_without_javascript_leads_in_as_well() {
    let house = House::open().await;
    let origin = format!("http://{}", house.client.address);
    let headers = [
        ("origin", origin.as_str()),
        ("referer", &format!("{origin}/login")),
        ("accept", "text/html,application/xhtml+xml"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let answer = house.client.send(Method::POST, "/console/log_in", &headers, encoded(&LOGIN)).await;
    assert!(matches!(answer.status, 302 | 303), "{answer:?}");
    assert_eq!(answer.header("location"), "/");
    assert!(inside(&house, &answer.cookie().expect("a session")).await);
}
