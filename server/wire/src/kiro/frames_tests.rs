use super::super::framing::{event, events, frame, raw};
use super::*;
use proptest::prelude::*;

fn read(limit: usize, chunks: &[&[u8]]) -> (Vec<Frame>, Result<(), Broken>) {
    let mut frames = Frames::with_limit(limit);
    let mut all = Vec::new();
    for chunk in chunks {
        frames.push(chunk);
        while let Ok(Some(frame)) = frames.next_frame() {
            all.push(frame);
        }
    }
    (all, frames.end())
}

#[test]
fn a_frame_known_from_elsewhere_is_read() {
    // Of the Smithy specification's examples: no headers and no payload.
    let empty = [0, 0, 0, 0x10, 0, 0, 0, 0, 0x05, 0xc2, 0x48, 0xeb, 0x7d, 0x98, 0xc8, 0xff];
    assert_eq!(read(FRAME_LIMIT, &[&empty]), (vec![Frame::default()], Ok(())));
    assert_eq!(raw(&[], &[]), empty);
}

#[test]
fn headers_of_every_type_are_passed_and_texts_are_kept() {
    let mut headers = Vec::new();
    for (kind, value) in [
        (0_u8, vec![]),
        (1, vec![]),
        (2, vec![1]),
        (3, vec![1; 2]),
        (4, vec![1; 4]),
        (5, vec![1; 8]),
        (6, vec![0, 2, 1, 1]),
        (7, vec![0, 2, b'o', b'k']),
        (8, vec![1; 8]),
        (9, vec![1; 16]),
    ] {
        headers.extend([1, b'a' + kind, kind]);
        headers.extend(value);
    }
    let (frames, end) = read(FRAME_LIMIT, &[&raw(&headers, b"{}")]);
    assert_eq!(end, Ok(()));
    assert_eq!(frames[0].headers, [("h".to_owned(), "ok".to_owned())]);
    assert_eq!((frames[0].header("h"), frames[0].header("a")), ("ok", ""));
    assert_eq!(frames[0].payload, "{}");
}

#[test]
fn what_is_damaged_is_refused_and_stays_so() {
    let good = event("assistantResponseEvent", r#"{"content":"hi"}"#);
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 0x40;
        let mut frames = Frames::new();
        frames.push(&bad);
        assert_eq!(frames.next_frame(), Err(Broken::Damaged), "byte {at}");
        frames.push(&good);
        assert_eq!(frames.next_frame(), Err(Broken::Damaged));
        assert_eq!(frames.end(), Err(Broken::Damaged));
    }
}

#[test]
fn headers_that_do_not_fit_are_refused() {
    for headers in [
        [5, b'a', 7, 0].as_slice(),
        &[1, b'a', 7, 0, 9, b'x'],
        &[1, b'a', 6, 0, 9, b'x'],
        &[1, b'a', 10],
        &[1, b'a'],
        &[1, 0xff, 0],
        &[1, b'a', 9, 0],
        &[1, b'a', 7, 0, 1, 0xff],
    ] {
        assert_eq!(read(FRAME_LIMIT, &[&raw(headers, b"")]).1, Err(Broken::Damaged), "{headers:?}");
    }
    let lengths = |length: u32, headers: u32| {
        let mut prelude = [length.to_be_bytes(), headers.to_be_bytes()].concat();
        prelude.extend(crc32fast::hash(&prelude).to_be_bytes());
        read(FRAME_LIMIT, &[&prelude]).1
    };
    assert_eq!(lengths(15, 0), Err(Broken::Damaged));
    assert_eq!(lengths(20, 5), Err(Broken::Damaged));
    assert_eq!(lengths(20, u32::MAX), Err(Broken::Damaged));
    assert_eq!(lengths(u32::MAX, 0), Err(Broken::TooLarge { limit: FRAME_LIMIT }));
    assert_eq!(lengths(20, 4), Err(Broken::CutOff), "no more came");
}

#[test]
fn a_frame_over_the_limit_is_refused_before_it_is_there() {
    let long = frame(&[], &"x".repeat(100));
    assert_eq!(read(116, &[&long]).1, Ok(()));
    assert_eq!(read(115, &[&long[..12]]).1, Err(Broken::TooLarge { limit: 115 }));
}

#[test]
fn a_stream_that_ends_within_a_frame_is_cut_off() {
    let whole = events(&[("a", "{}"), ("b", "{}")]);
    let first = event("a", "{}").len();
    for cut in 0..=whole.len() {
        let (frames, end) = read(FRAME_LIMIT, &[&whole[..cut]]);
        assert_eq!(frames.len(), cut / first, "{cut}");
        assert_eq!(end, if cut % first == 0 { Ok(()) } else { Err(Broken::CutOff) }, "{cut}");
    }
}

proptest! {
    #[test]
    fn any_chunking_gives_the_same_frames(
        all in proptest::collection::vec(("[a-z:-]{0,9}", ".{0,20}", ".{0,40}"), 0..6),
        cuts in proptest::collection::vec(0_usize..400, 0..6),
    ) {
        let bytes: Vec<u8> =
            all.iter().flat_map(|(name, value, payload)| frame(&[(name, value)], payload)).collect();
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        let chunks: Vec<&[u8]> = cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
        let (frames, end) = read(FRAME_LIMIT, &chunks);
        prop_assert_eq!(end, Ok(()));
        let read: Vec<_> =
            frames.iter().map(|frame| (frame.headers.clone(), frame.payload.to_vec())).collect();
        let written: Vec<_> = all
            .into_iter()
            .map(|(name, value, payload)| (vec![(name, value)], payload.into_bytes()))
            .collect();
        prop_assert_eq!(read, written);
    }

    #[test]
    fn any_bytes_are_read_without_harm(
        head in proptest::collection::vec(any::<u8>(), 0..60),
        headers in proptest::collection::vec(any::<u8>(), 0..60),
        payload in proptest::collection::vec(any::<u8>(), 0..60),
    ) {
        let _ = read(FRAME_LIMIT, &[&head]);
        let _ = read(FRAME_LIMIT, &[&raw(&headers, &payload), &head]);
    }
}
