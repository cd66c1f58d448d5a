//! A strict reader of Prometheus' text format (version 0.0.4).

use std::collections::{BTreeMap, HashMap};

/// Names and values of labels.
pub(crate) type Labels = BTreeMap<String, String>;

/// What a scrape gave.
#[derive(Debug, Default)]
pub(crate) struct Exposition {
    types: HashMap<String, String>,
    samples: BTreeMap<(String, Labels), f64>,
}

impl Exposition {
    /// Reads everything, or stops the test.
    pub(crate) fn read(text: &str) -> Self {
        assert!(text.ends_with('\n'));
        let mut read = Self::default();
        let mut family = String::new();
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("# HELP ") {
                let (name, help) = rest.split_once(' ').expect(line);
                assert!(!help.is_empty() && !read.types.contains_key(name), "{line}");
                name.clone_into(&mut family);
            } else if let Some(rest) = line.strip_prefix("# TYPE ") {
                let (name, kind) = rest.split_once(' ').expect(line);
                assert_eq!(name, family, "the type comes behind the help: {line}");
                assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
                assert!(read.types.insert(name.to_owned(), kind.to_owned()).is_none(), "{line}");
            } else {
                let (name, labels, value) = sample(line);
                let suffixes = ["_bucket", "_sum", "_count"];
                let base = suffixes.iter().find_map(|suffix| name.strip_suffix(suffix));
                let spread = read.types.get(&family).is_some_and(|kind| kind == "histogram");
                assert_eq!(if spread { base.expect(line) } else { &name }, family, "{line}");
                assert!(read.samples.insert((name, labels), value).is_none(), "twice: {line}");
            }
        }
        read.check_histograms();
        read
    }

    fn check_histograms(&self) {
        for (name, _) in self.types.iter().filter(|(_, kind)| *kind == "histogram") {
            let counts = self.all(&format!("{name}_count"));
            for (labels, count) in counts {
                let mut buckets: Vec<(f64, f64)> = Vec::new();
                for (mut of, value) in self.all(&format!("{name}_bucket")) {
                    let bound = of.remove("le").expect("a bucket has a bound");
                    if of == labels {
                        let bound = if bound == "+Inf" { f64::INFINITY } else { bound.parse().unwrap() };
                        buckets.push((bound, value));
                    }
                }
                buckets.sort_by(|one, other| one.0.total_cmp(&other.0));
                assert!(
                    buckets.is_sorted_by(|one, other| one.1 <= other.1),
                    "{name} {labels:?}: {buckets:?}"
                );
                assert_eq!(*buckets.last().unwrap(), (f64::INFINITY, count), "{name} {labels:?}");
            }
        }
    }

    /// The series of a metric.
    pub(crate) fn all(&self, name: &str) -> Vec<(Labels, f64)> {
        let samples = self.samples.iter().filter(|((known, _), _)| known == name);
        samples.map(|((_, labels), value)| (labels.clone(), *value)).collect()
    }

    /// The sum of the series of a metric that have these labels.
    pub(crate) fn sum(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let fits =
            |of: &Labels| labels.iter().all(|(name, value)| of.get(*name).is_some_and(|is| is == value));
        self.all(name).iter().filter(|(of, _)| fits(of)).map(|(_, value)| value).sum()
    }

    /// The value of a metric without labels, or with these alone.
    pub(crate) fn value(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let of = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        self.samples.get(&(name.to_owned(), labels.iter().map(of).collect())).copied()
    }

    /// Every name of a metric and of a label, and every value of one.
    pub(crate) fn words(&self) -> impl Iterator<Item = &str> {
        self.samples.keys().flat_map(|(name, labels)| {
            let pairs = labels.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]);
            pairs.chain([name.as_str()])
        })
    }
}

fn is_name(name: &str) -> bool {
    let letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') && name.chars().all(letter)
}

/// `name{label="value",…} number`
fn sample(line: &str) -> (String, Labels, f64) {
    let (name, mut rest) = line.split_at(line.find(['{', ' ']).expect(line));
    assert!(is_name(name) && name.starts_with("ninerouter_"), "{line}");
    let mut labels = Labels::new();
    if let Some(inside) = rest.strip_prefix('{') {
        rest = inside;
        loop {
            let (label, behind) = rest.split_once("=\"").expect(line);
            assert!(is_name(label), "{line}");
            let (value, behind) = quoted(behind, line);
            assert!(labels.insert(label.to_owned(), value).is_none(), "{line}");
            match behind.strip_prefix(',') {
                Some(more) => rest = more,
                None => {
                    rest = behind.strip_prefix('}').expect(line);
                    break;
                }
            }
        }
    }
    (name.to_owned(), labels, rest.strip_prefix(' ').expect(line).parse().expect(line))
}

/// The text up to the closing quote, and what is behind it.
fn quoted<'t>(text: &'t str, line: &str) -> (String, &'t str) {
    let (mut value, mut letters) = (String::new(), text.char_indices());
    loop {
        match letters.next().expect(line) {
            (at, '"') => return (value, &text[at + 1..]),
            (_, '\\') => value.push(match letters.next().expect(line).1 {
                'n' => '\n',
                letter @ ('\\' | '"') => letter,
                _ => panic!("no escape: {line}"),
            }),
            (_, letter) => value.push(letter),
        }
    }
}
