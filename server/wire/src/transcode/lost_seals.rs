//! Seals on words and calls that cannot be given back: a long history has hundreds, and one line says it all.

use crate::Dropped;

/// Those that were lost so far.
#[derive(Debug, Default)]
pub(crate) struct LostSeals {
    first: Option<String>,
    more: usize,
}

impl LostSeals {
    /// Notes one, of what stands at `path`.
    pub(crate) fn note(&mut self, path: &impl ToString) {
        match self.first {
            None => self.first = Some(format!("{}.seal", path.to_string())),
            Some(_) => self.more += 1,
        }
    }

    /// All of them as one line, where the first stood.
    pub(crate) fn told(&mut self) -> Option<Dropped> {
        let first = self.first.take()?;
        let why = match std::mem::take(&mut self.more) {
            0 => "only the vendor that issued it takes it back".to_owned(),
            more => format!("only the vendor that issued it takes it back, and so it is with {more} more"),
        };
        Some(Dropped::new(&first, &why))
    }
}
