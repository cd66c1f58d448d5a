//! Every sample of real tool output in `tests/corpus`, at every level: what must be kept is kept, and the result at the
//! default level is the one in `tests/snapshots`.
//!
//! After a wanted change: `INSTA_UPDATE=always cargo nextest run -p saver --test corpus`, and read the diff.

mod samples;

use samples::{Sample, all};
use saver::{Call, Filter, Level, Rules, SHORTEST, Shortened, shorten};
use std::collections::BTreeSet;
use std::path::Path;

/// Every sample at every level.
fn results() -> impl Iterator<Item = (Sample, Level, Option<Shortened>)> {
    let samples = all();
    assert!(!samples.is_empty(), "{} has no samples", samples::folder().display());
    samples.into_iter().flat_map(|sample| {
        Level::ALL.map(|level| {
            let short = sample.shorten(level);
            (sample.clone(), level, short)
        })
    })
}

/// Fails with every complaint at once.
fn none(complaints: &[String]) {
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
}

#[test]
fn results_are_shorter_not_empty_and_final() {
    let mut complaints = Vec::new();
    for (sample, level, short) in results() {
        let Some(short) = short else {
            continue;
        };
        let mut complain =
            |what: &str| complaints.push(format!("{} at {}: {what}", sample.name, level.name()));
        if short.text.len() >= sample.text.len() {
            complain("is not shorter");
        }
        if short.text.trim().is_empty() {
            complain("is empty");
        }
        if short.steps.last().is_none_or(|(_, bytes)| *bytes != short.text.len()) {
            complain("has other steps than its length");
        }
        if sample.shorten(level).as_ref() != Some(&short) {
            complain("is not the same every time");
        }
        if let Some(again) = shorten(&short.text, Some(sample.call()), Rules::at(level)) {
            complain(&format!("is shortened once more, by {:?}", again.steps));
        }
        // Later turns may lack the call.
        if let Some(again) = shorten(&short.text, None, Rules::at(level)) {
            complain(&format!("is shortened once more without its call, by {:?}", again.steps));
        }
    }
    none(&complaints);
}

#[test]
fn what_must_be_kept_is_kept() {
    let mut complaints = Vec::new();
    for (sample, level, short) in results() {
        let text = short.as_ref().map_or(sample.text.as_str(), |short| short.text.as_str());
        for needle in sample.lost(text, level) {
            let by = short.as_ref().map(|short| short.steps.clone());
            complaints.push(format!("{} at {}: {needle:?} lost, by {by:?}", sample.name, level.name()));
        }
    }
    // Nor is anything lost when the call is not known.
    for sample in all() {
        for level in Level::ALL {
            let short = shorten(&sample.text, None, Rules::at(level));
            let text = short.as_ref().map_or(sample.text.as_str(), |short| short.text.as_str());
            for needle in sample.lost(text, level) {
                let by = short.as_ref().map(|short| short.steps.clone());
                complaints.push(format!(
                    "{} at {} without its call: {needle:?} lost, by {by:?}",
                    sample.name,
                    level.name()
                ));
            }
        }
    }
    none(&complaints);
}

#[test]
fn needles_are_in_the_samples() {
    let mut complaints = Vec::new();
    for sample in all() {
        for needle in sample.about.needles.iter().chain(&sample.about.strong) {
            if !sample.text.contains(needle) {
                complaints.push(format!("{}: {needle:?} is not in it", sample.name));
            }
        }
    }
    none(&complaints);
}

/// The forms in which agents say that a command failed.
#[test]
fn output_of_failed_commands_is_left_alone() {
    let failed: Vec<Sample> = all().into_iter().filter(|sample| sample.about.exit != 0).collect();
    for sample in &failed {
        let (code, text) = (sample.about.exit, &sample.text);
        let quoted = serde_json::Value::from(text.as_str());
        for whole in [
            format!("Exit code {code}\n{text}"),
            format!(
                "Chunk ID: 0c2664\nWall time: 0.1 seconds\nProcess exited with code {code}\nOutput:\n{text}"
            ),
            format!("{{\"output\":{quoted},\"metadata\":{{\"exit_code\":{code},\"duration_seconds\":0.1}}}}"),
            format!(
                "Command: x\nDirectory: (root)\nOutput: {text}\nError: (none)\nExit Code: {code}\nSignal: (none)"
            ),
        ] {
            assert!(saver::failed(&whole), "{}: {whole:.80}", sample.name);
            assert_eq!(
                shorten(&whole, Some(sample.call()), Rules::at(Level::Strong)),
                None,
                "{}",
                sample.name
            );
        }
    }
}

/// What agents put around an output changes nothing about the output.
#[test]
fn output_in_an_envelope_becomes_what_it_becomes_alone() {
    for sample in all().iter().filter(|sample| !saver::failed(&sample.text) && sample.text.len() >= SHORTEST)
    {
        let short = sample.shorten(Level::Safe);
        let head = "Chunk ID: 0c2664\nWall time: 0.1 seconds\nProcess exited with code 0\nOutput:\n";
        let whole = shorten(&format!("{head}{}", sample.text), Some(sample.call()), Rules::at(Level::Safe));
        let alone = short.map(|short| format!("{head}{}", short.text));
        assert_eq!(whole.map(|whole| whole.text), alone, "{}", sample.name);
    }
}

#[test]
fn a_filter_that_is_off_does_nothing() {
    for sample in all() {
        for filter in Filter::ALL {
            let rules = Rules { filters: !filter.bit(), ..Rules::at(Level::Strong) };
            let short = shorten(&sample.text, Some(sample.call()), rules);
            let used = short.is_some_and(|short| short.steps.iter().any(|(used, _)| *used == filter));
            assert!(!used, "{}: {}", sample.name, filter.name());
        }
    }
}

/// What an editor has to match byte by byte.
#[test]
fn no_sample_is_changed_as_a_file_but_for_markers() {
    for sample in all() {
        let call = Call { tool: "Read", arguments: "{\"file_path\":\"src/main.rs\"}" };
        let Some(short) = shorten(&sample.text, Some(call), Rules::at(Level::Safe)) else {
            continue;
        };
        let only = short.steps.iter().all(|(filter, _)| *filter == Filter::Numbered);
        assert!(only, "{}: {:?}", sample.name, short.steps);
    }
}

#[test]
fn results_at_the_default_level() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let mut wanted = BTreeSet::new();
    settings.bind(|| {
        for sample in all() {
            let Some(short) = sample.shorten(Level::default()) else {
                continue;
            };
            let name = sample.name.replace('/', "__");
            insta::assert_snapshot!(name.as_str(), short.text);
            wanted.insert(format!("{name}.snap"));
        }
    });
    // A snapshot of a sample that is gone, or of one that is no longer shortened.
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    let there = std::fs::read_dir(folder).map(|entries| {
        entries
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect::<BTreeSet<_>>()
    });
    let left: Vec<String> = there.unwrap_or_default().difference(&wanted).cloned().collect();
    assert!(left.is_empty(), "of no sample: {left:?}");
}
