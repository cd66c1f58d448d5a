use crate::call::Source;
use crate::level::Level;
use crate::page::Page;
use proptest::prelude::*;

fn at(level: Level, text: &str) -> Option<String> {
    super::shorten(&Page::of(text, &Source::Unknown), level)
}

const LISTING: &str = "\
total 36
drwxr-xr-x  5 me staff  4096 Nov 29 01:41 .
drwxr-xr-x 12 me staff  4096 Nov 28  2025 ..
-rw-r--r--  1 me staff 12345 Nov 29 01:41 two  words.txt
lrwxrwxrwx  1 me staff    11 Nov 29 01:41 link -> target.txt
-rwsr-xr-x+ 1 me staff    90 Nov 29 01:41 tool
drwxrwxrwt  2 me staff  4096 Nov 29 01:41 tmp
";

#[test]
fn alignment_goes_at_exact() {
    assert_eq!(
        at(Level::Exact, LISTING).as_deref(),
        Some(
            "total 36\n\
             drwxr-xr-x 5 me staff 4096 Nov 29 01:41 .\n\
             drwxr-xr-x 12 me staff 4096 Nov 28 2025 ..\n\
             -rw-r--r-- 1 me staff 12345 Nov 29 01:41 two  words.txt\n\
             lrwxrwxrwx 1 me staff 11 Nov 29 01:41 link -> target.txt\n\
             -rwsr-xr-x+ 1 me staff 90 Nov 29 01:41 tool\n\
             drwxrwxrwt 2 me staff 4096 Nov 29 01:41 tmp\n"
        )
    );
}

#[test]
fn an_owner_is_said_once_at_safe() {
    assert_eq!(
        at(Level::Safe, LISTING).as_deref(),
        Some(
            "total 36\n\
             [ninerouter: d755 is drwxr-xr-x; owner and group of all: me staff; link counts left out]\n\
             d755 4096 Nov 29 01:41 .\n\
             d755 4096 Nov 28 2025 ..\n\
             -644 12345 Nov 29 01:41 two  words.txt\n\
             l777 11 Nov 29 01:41 link -> target.txt\n\
             -4755+ 90 Nov 29 01:41 tool\n\
             d1777 4096 Nov 29 01:41 tmp\n"
        )
    );
}

#[test]
fn another_owner_stays_where_it_is() {
    let listing = LISTING.replace("12 me staff", "12 root root");
    let short = at(Level::Safe, &listing).unwrap();
    assert!(short.contains("owner and group where none is shown: me staff;"), "{short}");
    assert!(short.contains("\nd755 root root 4096 Nov 28 2025 ..\n"), "{short}");
    // A number in its place would be taken for a size.
    let numeric = listing.replace("me staff", "1000 1000").replace("root root", "0 0");
    let short = at(Level::Safe, &numeric).unwrap();
    assert!(short.contains("\ndrwxr-xr-x 12 0 0 4096 Nov 28 2025 ..\n"), "{short}");
}

#[test]
fn other_dates_sizes_and_devices() {
    let listing = "\
-rw-r--r-- 1 me me 1.5K 2026-11-29 01:41 a
-rw-r--r-- 1 me me  12M 2026-11-29 01:41:22.123456789 +0100 b
crw-rw-rw- 1 me me 1, 3 Nov 29 01:41 null
-rw-r--r-- 1 me me   12 29 Nov 01:41  c
";
    assert_eq!(
        at(Level::Safe, &listing.repeat(3)).as_deref(),
        Some(
            &*("[ninerouter: -644 is -rw-r--r--; owner and group of all: me me; link counts left out]\n"
                .to_owned()
                + &"-644 1.5K 2026-11-29 01:41 a\n\
                    -644 12M 2026-11-29 01:41:22.123456789 +0100 b\n\
                    c666 1, 3 Nov 29 01:41 null\n\
                    -644 12 29 Nov 01:41  c\n"
                    .repeat(3))
        )
    );
}

#[test]
fn find_puts_columns_in_front() {
    let found = "\
 10625587      8 -rw-r--r--   1 root     root         7478 Nov 29 02:32 server/openai.toml
 10625580      4 drwxr-xr-x   2 root     root         4096 Nov 29 02:32 server/src
 10625581      4 -rw-r--r--   1 root     root         2959 Nov 29 02:32 server/kimi.toml
";
    assert_eq!(
        at(Level::Safe, &found.repeat(2)).as_deref(),
        Some(
            &*("[ninerouter: -644 is -rw-r--r--; owner and group of all: root root; link counts left out]\n"
                .to_owned()
                + &"10625587 8 -644 7478 Nov 29 02:32 server/openai.toml\n\
                    10625580 4 d755 4096 Nov 29 02:32 server/src\n\
                    10625581 4 -644 2959 Nov 29 02:32 server/kimi.toml\n"
                    .repeat(2))
        )
    );
}

#[test]
fn an_entry_that_is_not_understood_keeps_the_columns_of_all() {
    let listing = format!("{LISTING}-rw-r--r--  1 DOMAIN\\some user staff  1 Nov 29 01:41 x\n");
    let short = at(Level::Safe, &listing).unwrap();
    assert!(short.contains("drwxr-xr-x 5 me staff 4096 Nov 29 01:41 .\n"), "{short}");
    assert!(short.ends_with("-rw-r--r--  1 DOMAIN\\some user staff  1 Nov 29 01:41 x\n"), "{short}");
}

#[test]
fn names_below_headings_share_a_line() {
    let listing = "./src:\nlib.rs\nmain.rs\nnet\n\n./src/net:\nhttp.rs\n\n./src/empty:\n";
    assert_eq!(
        at(Level::Safe, listing).as_deref(),
        Some("./src: lib.rs main.rs net\n./src/net: http.rs\n./src/empty:")
    );
    assert_eq!(at(Level::Exact, listing), None);
    for other in [
        "./src:\nlib.rs\nmy file\n\n./src/net:\nhttp.rs\n",
        "name:\nvalue\n\nother:\nvalue\n",
        "./src:\nlib.rs\nmain.rs\n",
        "key:\n- a\n- b\n\nkey/b:\n- c\n",
    ] {
        assert_eq!(at(Level::Safe, other), None, "{other}");
    }
}

#[test]
fn plain_names_need_the_command() {
    let names = "Cargo.lock\nCargo.toml\nsrc\n";
    let with = |line: &str| {
        let source = Source::Command(line.to_owned());
        super::shorten(&Page::of(names, &source), Level::Safe)
    };
    assert_eq!(with("ls server").as_deref(), Some("Cargo.lock Cargo.toml src"));
    assert_eq!(with("ls; cat x"), None);
    assert_eq!(with("cat names"), None);
    assert_eq!(at(Level::Safe, names), None);
}

#[test]
fn strong_cuts_long_directories() {
    let entry = |number: usize| format!("-rw-r--r-- 1 me me 1 Nov 29 01:41 file-{number}\n");
    let listing: String = (0..100).map(entry).collect();
    let short = at(Level::Strong, &listing).unwrap();
    let cut = "file-31\n[ninerouter: 60 more entries left out, 0 of them directories]\n";
    assert!(short.contains(cut), "{short}");
    assert_eq!(short.split(cut).nth(1).unwrap().lines().count(), 8);
    assert!(short.ends_with("file-99\n"), "{short}");
    let names: String = (0..100).map(|number| format!("file-{number}\n")).collect();
    let source = Source::Command("ls".to_owned());
    let short = super::shorten(&Page::of(&names, &source), Level::Strong).unwrap();
    assert!(short.contains(" file-63 [ninerouter: 20 more names left out] file-84 "), "{short}");
    assert!(short.trim_end().ends_with(" file-99"), "{short}");
    assert_eq!(at(Level::Safe, &listing).unwrap().lines().count(), 101);
}

#[test]
fn other_texts_stay() {
    for text in [
        "- a list\n- of things\n- that begin\n- with a dash\n",
        "The mode drwxr-xr-x means 755.\n-rw-r--r-- means 644.\nlrwxrwxrwx is a link.\n",
        "-rw-r--r-- a\n-rw-r--r-- b\n-rw-r--r-- c\n-rw-r--r-- d\n",
        " Directory of C:\\app\n\n11/29/2026  01:41 AM    <DIR>          .\n11/29/2026  01:41 AM    12 a.txt\n",
    ] {
        assert_eq!(at(Level::Safe, text), None, "{text}");
    }
}

#[derive(Debug, Clone)]
struct Made {
    kind: char,
    mode: u32,
    links: u32,
    other_owner: bool,
    size: u32,
    date: String,
    name: String,
}

fn an_entry() -> impl Strategy<Value = Made> {
    let date = prop_oneof![
        Just("Nov 29 01:41".to_owned()),
        Just("Nov  9  2025".to_owned()),
        Just("2026-11-29 01:41".to_owned()),
    ];
    let name = prop_oneof!["[a-zA-Z0-9._-]{1,20}", "[a-z é',]{0,10}[a-z]", "[a-z]{1,5} -> [a-z/]{1,9}"];
    (
        prop::sample::select(vec!['-', 'd', 'l', 'p', 's']),
        0_u32..0o10000,
        1_u32..200,
        any::<bool>(),
        any::<u32>(),
        date,
        name,
    )
        .prop_map(|(kind, mode, links, other_owner, size, date, name)| Made {
            kind,
            mode,
            links,
            other_owner,
            size,
            date,
            name,
        })
}

/// As `ls` writes a mode.
fn letters(mode: u32) -> String {
    let mut out = String::new();
    for (place, (special, mark)) in [(0o4000, 's'), (0o2000, 's'), (0o1000, 't')].into_iter().enumerate() {
        let bits = mode >> (6 - 3 * place);
        out.push(if bits & 4 > 0 { 'r' } else { '-' });
        out.push(if bits & 2 > 0 { 'w' } else { '-' });
        out.push(match (bits & 1 > 0, mode & special > 0) {
            (true, true) => mark,
            (false, true) => mark.to_ascii_uppercase(),
            (true, false) => 'x',
            (false, false) => '-',
        });
    }
    out
}

/// The forms of [`an_entry`].
fn is_a_date(words: &str) -> bool {
    let form: String = words.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    matches!(form.as_str(), "0000-00-00 00:00" | "Nov 00 00:00" | "Nov 0 0000")
}

proptest! {
    #[test]
    fn every_entry_can_be_read_back(made in prop::collection::vec(an_entry(), 3..40), mixed in any::<bool>()) {
        let owner = |entry: &Made| if mixed && entry.other_owner { "root wheel" } else { "me staff" };
        let listing: String = made
            .iter()
            .map(|entry| {
                let Made { kind, mode, links, size, date, name, .. } = entry;
                format!("{kind}{} {links:>3} {} {size:>10} {date} {name}\n", letters(*mode), owner(entry))
            })
            .collect();
        let short = at(Level::Safe, &listing);
        let Some(short) = short else { return Ok(()) };
        prop_assert!(short.len() < listing.len());
        let (head, rest) = short.split_once('\n').unwrap();
        let said = head.split("; owner and group ").nth(1).unwrap().split_once(": ").unwrap().1.split_once(';').unwrap().0;
        let said_date = head.split("; date where none is shown: ").nth(1).map(|date| date.trim_end_matches(']'));
        let entries: Vec<&str> = rest.lines().collect();
        prop_assert_eq!(entries.len(), made.len());
        let mut above = String::new();
        for (line, entry) in entries.iter().zip(&made) {
            let whose = if owner(entry) == said { String::new() } else { format!("{} ", owner(entry)) };
            let date = entry.date.replace("  ", " ");
            // What is after the size is a date, or the one said above holds.
            let dated = [3, 2].into_iter().any(|words| {
                let after: Vec<&str> = line.split(' ').skip_while(|word| *word != entry.size.to_string()).skip(1).take(words).collect();
                is_a_date(&after.join(" "))
            });
            let read = if dated { date.clone() } else { said_date.map_or(String::new(), |said| if said.ends_with("above") { above.clone() } else { said.to_owned() }) };
            above.clone_from(&read);
            prop_assert_eq!(&read, &date);
            let date = if dated { format!("{date} ") } else { String::new() };
            let special = if entry.mode >= 0o1000 { 4 } else { 3 };
            let wanted = format!("{}{:0special$o} {whose}{} {date}{}", entry.kind, entry.mode, entry.size, entry.name);
            prop_assert_eq!(*line, wanted.as_str());
        }
    }

    #[test]
    fn once_is_enough(made in prop::collection::vec(an_entry(), 3..90), level in prop::sample::select(Level::ALL.to_vec())) {
        let listing: String = made
            .iter()
            .map(|entry| format!("{}{} {:>3} me me {:>10} {} {}\n", entry.kind, letters(entry.mode), entry.links, entry.size, entry.date, entry.name))
            .collect();
        let rules = crate::Rules::at(level);
        if let Some(short) = crate::shorten(&listing, None, rules) {
            prop_assert!(short.text.len() < listing.len());
            prop_assert_eq!(crate::shorten(&short.text, None, rules), None);
        }
    }
}

#[test]
fn dates_that_follow_one_another_are_said_once() {
    let entry = |number: usize, day: usize| format!("-rw-r--r-- 1 me me 1 May {day} 2026 file-{number}\n");
    let listing: String = (0..90).map(|number| entry(number, 10 + number / 30)).collect();
    let head = "[ninerouter: -644 is -rw-r--r--; owner and group of all: me me; link counts left out; \
                date where none is shown: that of the line above]\n";
    let rows = |numbers: std::ops::Range<usize>| {
        numbers
            .map(|number| match number % 30 {
                0 => format!("-644 1 May {} 2026 file-{number}\n", 10 + number / 30),
                _ => format!("-644 1 file-{number}\n"),
            })
            .collect::<String>()
    };
    assert_eq!(at(Level::Safe, &listing), Some(format!("{head}{}", rows(0..90))));
    // Below a cut the date is said again.
    let cut = "[ninerouter: 50 more entries left out, 0 of them directories]\n-644 1 May 12 2026 file-82\n";
    let wanted = format!("{head}{}{cut}{}", rows(0..32), rows(83..90));
    assert_eq!(at(Level::Strong, &listing), Some(wanted));
    // A name that could be taken for a date and a name.
    let odd = format!("{listing}-rw-r--r-- 1 me me 1 May 12 2026 May 12 2026 notes\n");
    assert!(!at(Level::Safe, &odd).unwrap().contains("date where none"));
}
