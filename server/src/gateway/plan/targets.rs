//! Whether a target can serve a request, and in which dialect it is asked.

use super::{Asked, Draft, Standing, Step, Target, Wants};
use crate::store::snapshot::{Provider, Speaks};
use std::sync::Arc;
use wire::{Malformed, Needs};

/// A target that can serve the request, with the accounts that may be used at it: never without any.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) target: Arc<Target>,
    pub(super) steps: Vec<Step>,
}

impl<A: Asked, S: Standing> Draft<'_, A, S> {
    /// A target as a candidate; `None`, with the reason noted, where it is none.
    pub(super) fn candidate(&mut self, provider: &Arc<Provider>, model: String) -> Option<Candidate> {
        let spec = &provider.spec;
        let name = format!("{}/{model}", spec.id);
        if provider.is_off(&model) {
            self.off = true;
            self.exclude(name, "switched off");
            return None;
        }
        let speaks = match self.speaks(provider, &model) {
            Ok(speaks) => speaks,
            Err(why) => {
                self.exclude(name, why);
                return None;
            }
        };
        if let Some(why) = self.unable(provider, &model) {
            self.exclude(name, why);
            return None;
        }
        if let Some(own) = spec.own_tool.as_ref().filter(|own| own.only && own.name != self.asked.tool()) {
            self.exclude(name, format!("{} answers {} alone", spec.name, own.name));
            return None;
        }
        if provider.accounts.is_empty() {
            self.exclude(name, format!("{} has no account yet", spec.name));
            return None;
        }
        let target = Arc::new(Target { provider: Arc::clone(provider), model, speaks });
        let steps = self.accounts(&target);
        (!steps.is_empty()).then_some(Candidate { target, steps })
    }

    /// Which of the provider's endpoints is used, or why none can be.
    fn speaks(&mut self, provider: &Provider, model: &str) -> Result<usize, String> {
        let (spec, dialect) = (&provider.spec, self.asked.dialect());
        // Some models are served in some of the provider's dialects only.
        let only = spec.model(model).map(|model| model.speaks.as_slice()).unwrap_or_default();
        let serves = |speaks: &Speaks| {
            only.is_empty() || only.iter().any(|dialect| dialect.as_str() == speaks.dialect.as_str())
        };
        let place =
            |dialect| provider.speaks.iter().position(|speaks| speaks.takes(dialect) && serves(speaks));
        match (self.asked.wants(), place(dialect)) {
            (Wants::Also(also), Some(chat)) if spec.also.contains(&also) => Ok(chat),
            (Wants::Also(also), _) => Err(format!("{} is not known to offer {}", spec.name, also.segment())),
            (Wants::Own, None) => {
                Err(format!("{} does not speak {dialect}, which alone has this", spec.name))
            }
            (Wants::Answer | Wants::Own, Some(own)) => {
                match self.asked.turn_fault().filter(|_| strict(provider)) {
                    None => Ok(own),
                    Some(why) => {
                        self.malformed = Some(why.to_string());
                        Err(format!("{} refuses such a request: {why}", spec.name))
                    }
                }
            }
            // A provider's first is the one that loses least.
            (Wants::Answer, None) => match unmet(self.asked) {
                Ok(None) => Ok(provider.speaks.iter().position(serves).unwrap_or(0)),
                Ok(Some(what)) => Err(format!(
                    "{what} cannot be translated from {dialect}, and {} does not speak it",
                    spec.name
                )),
                Err(why) => {
                    self.malformed = Some(why.to_string());
                    Err(format!("the request cannot be translated for {}: {why}", spec.name))
                }
            },
        }
    }

    /// What the request shows or wants that the model is known not to take.
    fn unable(&self, provider: &Provider, model: &str) -> Option<String> {
        let known = provider.spec.model(model).filter(|_| self.asked.wants() == Wants::Answer)?;
        type Part = fn(&Needs) -> bool;
        let parts: [(Option<bool>, Part, &str); 3] = [
            (known.images, |needs| needs.images, "it does not read pictures, and the request shows one"),
            (known.documents, |needs| needs.documents, "it does not read documents, and the request has one"),
            (known.tools, |needs| needs.tools, "it does not call tools, and the request offers some"),
        ];
        let mut unable = parts.iter().filter(|(able, _, _)| *able == Some(false)).peekable();
        unable.peek()?;
        // What cannot be decoded is the provider's to judge.
        let needs = self.asked.needs().ok()?;
        unable.find(|(_, needed, _)| needed(&needs)).map(|(_, _, why)| (*why).to_owned())
    }
}

/// Whether a provider refuses what the vendor of its dialect refuses. What people run themselves is often less strict,
/// and what they have added is for them to know.
fn strict(provider: &Provider) -> bool {
    !provider.custom && provider.spec.tier != catalog::Tier::Local
}

/// What a request needs that only its own dialect can say.
fn unmet(request: &impl Asked) -> Result<Option<String>, Malformed> {
    let needs = request.needs()?;
    Ok((!needs.own_vendor.is_empty()).then(|| needs.own_vendor.join(", ")))
}
