//! Byte-range edits: the body forwarded is the body received, apart from these.

use std::ops::Range;

use bytes::{Bytes, BytesMut};

/// Replaces the bytes of `span` by `with`. An empty span inserts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The bytes of the original body that go away.
    pub span: Range<usize>,
    /// The bytes that take their place.
    pub with: Bytes,
}

/// Two edits claim the same bytes, or one lies outside the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("edits overlap or leave the body at byte {at}")]
pub struct Overlap {
    /// Offset in the original body of the edit that cannot be applied.
    pub at: usize,
}

/// Applies edits given in any order. Insertions at one place keep the order given.
///
/// Without edits the same `Bytes` come back, not a copy; otherwise the new body is allocated once.
pub fn splice(body: &Bytes, mut edits: Vec<Edit>) -> Result<Bytes, Overlap> {
    if edits.is_empty() {
        return Ok(body.clone());
    }
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));

    let mut kept = 0;
    let mut added = 0;
    let mut from = 0;
    for Edit { span, with } in &edits {
        if span.start < from || span.end < span.start || span.end > body.len() {
            return Err(Overlap { at: span.start });
        }
        kept += span.start - from;
        added += with.len();
        from = span.end;
    }
    kept += body.len() - from;

    let mut out = BytesMut::with_capacity(kept + added);
    let mut from = 0;
    for Edit { span, with } in &edits {
        out.extend_from_slice(&body[from..span.start]);
        out.extend_from_slice(with);
        from = span.end;
    }
    out.extend_from_slice(&body[from..]);
    Ok(out.freeze())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(span: Range<usize>, with: &'static str) -> Edit {
        Edit { span, with: Bytes::from_static(with.as_bytes()) }
    }

    #[test]
    fn no_edits_give_the_same_bytes() {
        let body = Bytes::from_static(b"abc");
        let same = splice(&body, Vec::new()).unwrap();
        assert_eq!(same.as_ptr(), body.as_ptr());
    }

    #[test]
    fn order_does_not_matter_and_neighbours_do_not_overlap() {
        let body = Bytes::from_static(b"0123456789");
        let edits = vec![edit(8..10, "END"), edit(3..3, "in"), edit(3..5, "x"), edit(0..3, "")];
        assert_eq!(splice(&body, edits).unwrap(), "inx567END");
    }

    #[test]
    fn overlaps_and_strays_are_refused() {
        let body = Bytes::from_static(b"0123456789");
        assert_eq!(splice(&body, vec![edit(2..5, ""), edit(4..6, "")]), Err(Overlap { at: 4 }));
        assert_eq!(splice(&body, vec![edit(2..5, ""), edit(3..3, "x")]), Err(Overlap { at: 3 }));
        assert_eq!(splice(&body, vec![edit(9..11, "")]), Err(Overlap { at: 9 }));
        #[expect(clippy::reversed_empty_ranges, reason = "a reversed span is what is refused")]
        let reversed = edit(5..2, "");
        assert_eq!(splice(&body, vec![reversed]), Err(Overlap { at: 5 }));
    }
}
