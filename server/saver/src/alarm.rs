//! Words that say something went wrong. A line that holds one stays whole, whatever is left out around it.

/// The words, in lower case, and where in each the two letters stand by which it is looked for: the pair that is
/// rarest in plain text.
const WORDS: [(&[u8], usize); 15] = [
    (b"error", 1),
    (b"fail", 0),
    (b"fatal", 0),
    (b"warn", 0),
    (b"panic", 0),
    (b"exception", 1),
    (b"denied", 0),
    (b"traceback", 5),
    (b"abort", 1),
    (b"refused", 2),
    (b"timed out", 3),
    (b"critical", 0),
    (b"segmentation", 2),
    (b"not found", 4),
    (b"killed", 0),
];

/// Signs that test runners and package managers put before what failed.
const SIGNS: [&str; 4] = ["✗", "✖", "❌", "⨯"];

/// For each letter, the letters that make one of the pairs with it.
const PAIRS: [u32; 32] = {
    let mut pairs = [0; 32];
    let mut word = 0;
    while word < WORDS.len() {
        let (letters, at) = WORDS[word];
        pairs[(letters[at] & 31) as usize] |= 1 << (letters[at + 1] & 31);
        word += 1;
    }
    pairs
};

/// Whether a line says that something went wrong, in whatever case.
pub(crate) fn says(line: &str) -> bool {
    let bytes = line.as_bytes();
    let mut earlier = 0_u8;
    let mut foreign = false;
    for (at, &byte) in bytes.iter().enumerate() {
        let pairs = PAIRS.get(usize::from(earlier & 31)).copied().unwrap_or_default();
        if pairs >> (byte & 31) & 1 == 1 && word_around(bytes, at) {
            return true;
        }
        foreign |= !byte.is_ascii();
        earlier = byte;
    }
    foreign && SIGNS.iter().any(|sign| line.contains(sign))
}

/// Whether a word stands so that the second letter of its pair is at `at`.
fn word_around(bytes: &[u8], at: usize) -> bool {
    WORDS.iter().any(|(word, pair)| {
        let from = at.checked_sub(pair + 1);
        let found = from.and_then(|from| bytes.get(from..from + word.len()));
        found.is_some_and(|found| found.eq_ignore_ascii_case(word))
    })
}

#[cfg(test)]
mod tests {
    use super::{SIGNS, WORDS, says};

    #[test]
    fn each_word_is_found_in_any_case_and_place() {
        for (word, _) in WORDS {
            let word = std::str::from_utf8(word).unwrap();
            for line in [word.to_owned(), word.to_uppercase(), format!("a {word}"), format!("x{word}s: y")] {
                assert!(says(&line), "{line:?}");
            }
        }
        for sign in SIGNS {
            assert!(says(&format!("  {sign} it adds")));
        }
    }

    #[test]
    fn plain_text_says_nothing() {
        for line in
            ["", "e", "all 12 tests passed", "fa il", "errand", "terror".get(..4).unwrap(), "✓ it adds"]
        {
            assert!(!says(line), "{line:?}");
        }
    }
}
