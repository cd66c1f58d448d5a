//! Answers of endpoints for images and sound, which are passed on as they are: of a stream its counts are noted, of a whole
//! answer how many images it holds.

use super::Report;
use crate::json::{Cursor, Flaw};
use crate::usage::ChatCounts;
use crate::{Frame, Frames};

/// How many images a whole answer holds: they are listed in `data`, and at SiliconFlow, which lists each in both, in
/// `images` (a client's recording, 6 May 2026; older answers have `images` alone).
pub fn count_images(body: &[u8]) -> u64 {
    let (mut data, mut images) = (0, 0);
    let mut cursor = Cursor::lenient(body);
    let read = cursor.object(|cursor, key| match key {
        b"data" => count(cursor, &mut data),
        b"images" => count(cursor, &mut images),
        _ => cursor.skip(),
    });
    match read {
        Ok(_) => Ord::max(data, images),
        Err(_) => 0,
    }
}

fn count(cursor: &mut Cursor<'_>, listed: &mut u64) -> Result<(), Flaw> {
    cursor.array(|cursor| {
        *listed += 1;
        cursor.skip()
    })?;
    Ok(())
}

/// Watches a body that is passed on as it comes.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    report: Report,
    counts: ChatCounts,
    /// Of server-sent events; `None` of anything else.
    frames: Option<Frames>,
}

impl Watch {
    /// `events`: it comes as server-sent events.
    pub(crate) fn new(events: bool) -> Self {
        Self { frames: events.then(Frames::new), ..Self::default() }
    }

    /// What is known so far.
    pub(crate) fn report(&self) -> &Report {
        &self.report
    }

    /// Sees what passes.
    pub(crate) fn see(&mut self, chunk: bytes::Bytes) {
        self.report.content = true;
        let Some(frames) = &mut self.frames else { return };
        frames.push(chunk);
        for frame in frames.by_ref() {
            match frame {
                Ok(frame) => note(&mut self.report, &mut self.counts, &frame),
                // What is larger than any event is no event.
                Err(_) => return self.frames = None,
            }
        }
    }

    /// The body is over.
    pub(crate) fn end(&mut self) {
        if let Some(frames) = self.frames.take() {
            note(&mut self.report, &mut self.counts, &frames.last());
        }
        self.report.ended = true;
    }
}

/// Notes what an event says: `image_generation.completed` and `image_edit.completed` are an image each, with its counts;
/// `speech.audio.done` and `transcript.text.done` state counts too (OpenAI's API description, August 2026).
fn note(report: &mut Report, counts: &mut ChatCounts, frame: &Frame) {
    let (mut completed, mut stated) = (false, false);
    let mut cursor = Cursor::lenient(&frame.data);
    let read = cursor.object(|cursor, key| match key {
        b"type" => {
            let kind = cursor.text()?.unwrap_or_default();
            completed = kind.starts_with("image_") && kind.ends_with(".completed");
            Ok(())
        }
        b"usage" => {
            stated |= counts.read(cursor)?;
            Ok(())
        }
        _ => cursor.skip(),
    });
    if read.is_ok() {
        report.images += u64::from(completed);
        if stated {
            report.usage = counts.usage();
            report.cost = counts.cost();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Usage;

    #[test]
    fn each_image_counts_once() {
        let openai = br#"{"created":1713833628,"data":[{"b64_json":"aGk="},{"b64_json":"aG8="}],"usage":{}}"#;
        assert_eq!(count_images(openai), 2);
        let both = br#"{"images":[{"url":"https://a"}],"seed":1,"data":[{"url":"https://a"}],"created":1}"#;
        assert_eq!(count_images(both), 1);
        assert_eq!(count_images(br#"{"images":[{"url":"https://a"}],"timings":{"inference":3.1}}"#), 1);
        assert_eq!(count_images(br#"{"data":null}"#), 0);
        assert_eq!(count_images(b"\x89PNG"), 0);
    }

    #[test]
    fn a_stream_of_images_states_what_it_took_however_it_is_cut() {
        let stream = concat!(
            ": keep-alive\n\nevent: image_generation.partial_image\n",
            r#"data: {"type":"image_generation.partial_image","b64_json":"aGk=","partial_image_index":0}"#,
            "\n\nevent: image_generation.completed\n",
            r#"data: {"type":"image_generation.completed","b64_json":"aGk=","usage":{"total_tokens":100,"#,
            r#""input_tokens":50,"output_tokens":50,"input_tokens_details":{"text_tokens":10,"image_tokens":40}}}"#,
            "\n\n"
        );
        let usage = Usage { input: 50, output: 50, ..Usage::default() };
        for size in [1, 7, 64, 4096] {
            let mut watch = Watch::new(true);
            stream.as_bytes().chunks(size).for_each(|chunk| watch.see(chunk.to_vec().into()));
            watch.end();
            let report = watch.report();
            assert_eq!((report.images, report.usage, report.ended), (1, Some(usage), true), "{size}");
        }
    }

    #[test]
    fn sound_is_nothing_to_read() {
        let mut watch = Watch::new(false);
        watch.see((&b"ID3\x04\0\ndata: {\"usage\":{\"input_tokens\":5}}\n\n"[..]).into());
        watch.end();
        assert_eq!((watch.report().usage, watch.report().images), (None, 0));
    }
}
