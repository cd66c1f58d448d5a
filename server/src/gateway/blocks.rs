//! What the saver has made of each text of a tool, remembered: a conversation sends all of its texts again with every
//! request, and the same text must become the same bytes each time.

use bytes::Bytes;
use quick_cache::sync::Cache;
use quick_cache::{Equivalent, Weighter};
use saver::{Call, Filter, Rules};
use siphasher::sip128::{Hasher128, SipHasher13};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, OnceLock};
use tiktoken_rs::o200k_base_singleton;

/// Memory for remembered texts, in bytes. One that stays as it is takes its bytes too: it is compared, not only hashed.
const TEXTS: u64 = 32 * 1024 * 1024;
/// Memory for originals that can be asked for, should the text itself be forgotten.
const ORIGINALS: u64 = 16 * 1024 * 1024;
/// Bytes of a text, by which the number of them is guessed.
const USUAL: u64 = 8192;

/// A text and what it became.
#[derive(Debug)]
pub struct Block {
    /// Names the original at `GET /v1/saver/original/{id}`.
    pub id: u128,
    /// The original as a JSON string, quotes included.
    original: Arc<[u8]>,
    /// What is sent in its place, as a JSON string.
    pub quoted: Bytes,
    /// What is known of it without its bytes.
    pub figures: Arc<Figures>,
    /// The caller key whose request it came in; 0 without one.
    owner: i64,
}

/// What the ledger needs of a text.
#[derive(Debug)]
pub struct Figures {
    /// The tool's name.
    pub tool: String,
    /// Bytes of the original text.
    pub before: usize,
    /// The filters that changed it, and the bytes that were left after each.
    pub steps: Vec<(Filter, usize)>,
    /// Tokens of the original and of what is sent, once counted.
    pub tokens: OnceLock<(u64, u64)>,
}

impl Block {
    /// The original text.
    pub fn original(&self) -> String {
        wire::unquote(&self.original).unwrap_or_default().into_owned()
    }

    /// Counts its tokens, the first time; see [`tokens`].
    pub fn count(&self) -> (u64, u64) {
        *self.figures.tokens.get_or_init(|| {
            let count = |quoted: &[u8]| tokens(&wire::unquote(quoted).unwrap_or_default());
            (count(&self.original), count(&self.quoted))
        })
    }

    /// Bytes that counting its tokens must read.
    pub fn bytes(&self) -> usize {
        self.original.len() + self.quoted.len()
    }
}

/// A text's tokens by o200k's count. Slow: not for the way of a request.
pub fn tokens(text: &str) -> u64 {
    o200k_base_singleton().encode_ordinary(text).len() as u64
}

/// What a text is remembered by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    text: Arc<[u8]>,
    call: u64,
    rules: (u8, u32, u32),
    owner: i64,
}

/// The same, of a text that is still in its request.
#[derive(Hash)]
struct Asked<'a> {
    text: &'a [u8],
    call: u64,
    rules: (u8, u32, u32),
    owner: i64,
}

impl Equivalent<Key> for Asked<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        (self.call, self.rules, self.owner) == (key.call, key.rules, key.owner) && *self.text == *key.text
    }
}

#[derive(Debug, Clone)]
struct Weight;

impl Weighter<Key, Option<Arc<Block>>> for Weight {
    fn weight(&self, key: &Key, made: &Option<Arc<Block>>) -> u64 {
        let block = made.as_ref().map_or(0, |block| block.quoted.len() + size_of::<Block>());
        (key.text.len() + block + size_of::<Key>()) as u64
    }
}

impl Weighter<u128, Arc<Block>> for Weight {
    fn weight(&self, _id: &u128, block: &Arc<Block>) -> u64 {
        (block.original.len() + block.quoted.len() + size_of::<Block>()) as u64
    }
}

/// Every text of late.
#[derive(Debug)]
pub struct Blocks {
    made: Cache<Key, Option<Arc<Block>>, Weight>,
    by_id: Cache<u128, Arc<Block>, Weight>,
}

impl Default for Blocks {
    fn default() -> Self {
        let usual = |bytes: u64| usize::try_from(bytes / USUAL).unwrap_or(1);
        let made = Cache::with_weighter(usual(TEXTS), TEXTS, Weight);
        let by_id = Cache::with_weighter(usual(ORIGINALS), ORIGINALS, Weight);
        Self { made, by_id }
    }
}

impl Blocks {
    /// What a text becomes: the JSON string `quoted`, of a call by `owner`; `None` where it stays as it is.
    pub fn shorten(
        &self,
        quoted: &[u8],
        call: Option<Call<'_>>,
        rules: Rules,
        owner: i64,
    ) -> Option<Arc<Block>> {
        // As many bytes or fewer have as many characters or fewer.
        if quoted.len() < saver::SHORTEST {
            return None;
        }
        let told = (rules.level as u8, rules.filters, rules.version);
        let asked = Asked { text: quoted, call: hash(call), rules: told, owner };
        if let Some(made) = self.made.get(&asked) {
            return made;
        }
        let text: Arc<[u8]> = quoted.into();
        let made = make(&text, call, rules, owner).map(Arc::new);
        if let Some(block) = &made {
            self.by_id.insert(block.id, Arc::clone(block));
        }
        let Asked { call, rules, .. } = asked;
        self.made.insert(Key { text, call, rules, owner }, made.clone());
        made
    }

    /// A text of this caller's by its id, as long as it is remembered.
    pub fn find(&self, id: u128, owner: i64) -> Option<Arc<Block>> {
        self.by_id.get(&id).filter(|block| block.owner == owner)
    }
}

fn make(quoted: &Arc<[u8]>, call: Option<Call<'_>>, rules: Rules, owner: i64) -> Option<Block> {
    let text = wire::unquote(quoted)?;
    let short = saver::shorten(&text, call, rules)?;
    let made = wire::quote(&short.text);
    // Escapes may have made it longer than the original was, which a client may have escaped less.
    if made.len() >= quoted.len() {
        return None;
    }
    let figures = Figures {
        tool: call.map(|call| call.tool.to_owned()).unwrap_or_default(),
        before: text.len(),
        steps: short.steps,
        tokens: OnceLock::new(),
    };
    let id = id(owner, quoted, &made);
    let (original, quoted) = (Arc::clone(quoted), made.into());
    Some(Block { id, original, quoted, figures: Arc::new(figures), owner })
}

/// Who knows the id must still be the owner, so that it need not be hard to guess.
fn id(owner: i64, original: &[u8], made: &[u8]) -> u128 {
    let mut hasher = SipHasher13::new();
    hasher.write_i64(owner);
    hasher.write_usize(original.len());
    hasher.write(original);
    hasher.write(made);
    hasher.finish128().as_u128()
}

/// A call by hash: taken for another, it only hints at a wrong filter, which does no harm.
fn hash(call: Option<Call<'_>>) -> u64 {
    let mut hasher = DefaultHasher::new();
    call.map(|call| (call.tool, call.arguments)).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use saver::Level;

    #[test]
    fn a_text_becomes_the_same_each_time_and_its_original_is_its_caller_s() {
        let text = format!("{}\u{1b}[1mdone\u{1b}[0m", "x\n".repeat(400));
        let quoted = wire::quote(&text);
        let blocks = Blocks::default();
        let rules = Rules::at(Level::Exact);
        let call = Call { tool: "Bash", arguments: "{\"command\":\"make\"}" };
        let block = blocks.shorten(&quoted, Some(call), rules, 7).unwrap();
        assert!(block.quoted.len() < quoted.len());
        let again = blocks.shorten(&quoted, Some(call), rules, 7).unwrap();
        assert_eq!((again.id, &again.quoted), (block.id, &block.quoted));
        assert_eq!(blocks.find(block.id, 7).unwrap().original(), text);
        assert!(blocks.find(block.id, 8).is_none());
        let (before, after) = block.count();
        assert!(before > after && after > 0, "{before} {after}");
    }
}
