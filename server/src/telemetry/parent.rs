//! The span of the client's that a request belongs to, as its `traceparent` header says (W3C Trace Context, level 1).

use http::HeaderMap;

/// The name of the header.
const HEADER: &str = "traceparent";

/// A span of the client's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parent {
    /// The trace it is part of.
    pub trace: u128,
    /// The span.
    pub span: u64,
    /// Whether the client keeps this trace: where it does not, nobody does.
    pub sampled: bool,
}

impl Parent {
    /// Reads the header; `None` where there is none, or none that makes sense.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let mut stated = headers.get_all(HEADER).iter();
        let (Some(only), None) = (stated.next(), stated.next()) else { return None };
        parse(only.to_str().ok()?)
    }
}

/// `00-<32 digits>-<16 digits>-<2 digits>`. Later versions may have more behind it.
fn parse(text: &str) -> Option<Parent> {
    let mut parts = text.split('-');
    let version = number(parts.next()?, 2)?;
    let trace = number(parts.next()?, 32).filter(|trace| *trace != 0)?;
    let span = number(parts.next()?, 16).filter(|span| *span != 0)?;
    let flags = number(parts.next()?, 2)?;
    if version == 0xff || (version == 0 && parts.next().is_some()) {
        return None;
    }
    Some(Parent { trace, span: u64::try_from(span).ok()?, sampled: flags & 1 == 1 })
}

/// A number of so many hexadecimal digits in lower case.
fn number(text: &str, digits: usize) -> Option<u128> {
    let proper = text.len() == digits && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    proper.then(|| u128::from_str_radix(text, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    const GOOD: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_parent_is_read_as_the_standard_says() {
        let parent = parse(GOOD).unwrap();
        assert_eq!(parent.trace, 0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736);
        assert_eq!((parent.span, parent.sampled), (0x00f0_67aa_0ba9_02b7, true));
        assert!(!parse(&GOOD.replace("-01", "-00")).unwrap().sampled);
        assert_eq!(parse(&format!("{}-more", GOOD.replacen("00", "cc", 1))), Some(parent));
        for bad in [
            String::new(),
            GOOD.to_uppercase(),
            format!("{GOOD}-more"),
            GOOD.replacen("00", "ff", 1),
            GOOD.replace("4bf92f3577b34da6a3ce929d0e0e4736", &"0".repeat(32)),
            GOOD.replace("00f067aa0ba902b7", &"0".repeat(16)),
            GOOD.replace("4736", "473"),
            GOOD.replace("4736", "473+"),
            GOOD.replace("-01", ""),
        ] {
            assert_eq!(parse(&bad), None, "{bad}");
        }
        let mut headers = HeaderMap::new();
        headers.append(HEADER, HeaderValue::from_static(GOOD));
        assert_eq!(Parent::of(&headers), Some(parent));
        headers.append(HEADER, HeaderValue::from_static(GOOD));
        assert_eq!(Parent::of(&headers), None, "two parents are none");
    }
}
