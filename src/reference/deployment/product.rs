//! A product as read from its file: checked, its replies taken apart.

mod check;
mod evidence;

pub use evidence::FactRow;

use std::collections::BTreeMap;

use super::facts::{Fact, Facts, ReplyKey, Template, TemplateError};
use super::files::{ComponentFile, PatchOf, ProductFile, ReplyFile};
use super::identity::{PatchId, System};
use crate::diagnostic::Diagnostic;
use crate::reference::yaml::{Placed, Source};

/// A mail product.
#[derive(Clone, Debug)]
pub struct Product {
    /// Its id, the file's name.
    pub id: String,
    pub(super) file: ProductFile,
    pub(super) source: Source,
    facts: Facts,
    component_facts: BTreeMap<String, Facts>,
}

impl Product {
    /// Reads a product file.
    ///
    /// # Errors
    /// All that is wrong with it, each with its place and remedy.
    pub fn read(source: &Source) -> Result<Self, Vec<Diagnostic>> {
        let file: ProductFile = source.read_all()?;
        let id = source.id().to_owned();
        let mut wrong = check::check(source, &file);
        let facts = take_apart(source, &id, None, &file.replies, &mut wrong);
        let component_facts = file
            .components
            .iter()
            .map(|(name, component)| {
                (name.clone(), take_apart(source, &id, Some(name.as_str()), &component.replies, &mut wrong))
            })
            .collect();
        if wrong.is_empty() {
            Ok(Self { id, file, source: source.clone(), facts, component_facts })
        } else {
            Err(wrong)
        }
    }

    /// Its name in a sentence.
    pub fn title(&self) -> &str {
        &self.file.title
    }

    /// The systems it can be installed on.
    pub fn systems(&self) -> &[System] {
        &self.file.systems
    }

    /// Its patches, by whose they are.
    pub fn patches(&self, of: PatchOf) -> impl Iterator<Item = PatchId> + '_ {
        self.file.patches.iter().filter(move |(_, patch)| patch.of == of).map(|(id, _)| PatchId(id.clone()))
    }

    /// Every value of the file that is a fact, with its evidence, in the order of the file's form.
    pub fn facts(&self) -> Vec<FactRow> {
        evidence::rows(&self.id, &self.file)
    }

    /// The component that stands after these patches, by its name. Patches of others are passed over.
    pub(super) fn component_after(&self, host: &[PatchId], listener: &[PatchId]) -> &str {
        let mut applied = self.file.patches.iter().filter(|(id, patch)| {
            let installed = match patch.of {
                PatchOf::Host => host,
                PatchOf::Listener => listener,
            };
            installed.iter().any(|patch| patch.0 == **id)
        });
        applied.next_back().map_or(self.file.as_installed.value.as_str(), |(_, patch)| patch.component.value.as_str())
    }

    /// The component of that name.
    pub(super) fn component(&self, name: &str) -> Option<&ComponentFile> {
        self.file.components.get(name)
    }

    /// The facts with this component's own put over the product's.
    pub(super) fn facts_with(&self, component: &str) -> Facts {
        let mut facts = self.facts.clone();
        if let Some(own) = self.component_facts.get(component) {
            facts.replies.extend(own.replies.iter().map(|(key, fact)| (*key, fact.clone())));
        }
        facts
    }
}

fn take_apart(
    source: &Source,
    product: &str,
    component: Option<&str>,
    replies: &BTreeMap<String, ReplyFile>,
    wrong: &mut Vec<Diagnostic>,
) -> Facts {
    let mut facts = Facts::default();
    for (name, reply) in replies {
        let Some(key) = ReplyKey::from_name(name) else {
            let names = ReplyKey::all().map(ReplyKey::name);
            wrong.push(
                source
                    .error_at(&reply.text, format!("there is no reply `{name}`"))
                    .remedy("`smtpspec list facts` shows the names of all replies")
                    .did_you_mean(name, names),
            );
            continue;
        };
        if let Some(lines) = templates(source, key, &reply.text, wrong) {
            let id = component.map_or_else(|| format!("{product}/{name}"), |part| format!("{product}/{name}@{part}"));
            let sources = reply.source.iter().map(|key| key.value.clone()).collect();
            facts.replies.insert(key, Fact { id, lines, sources, confidence: reply.confidence.value });
        }
    }
    facts
}

fn templates(
    source: &Source,
    key: ReplyKey,
    text: &Placed<String>,
    wrong: &mut Vec<Diagnostic>,
) -> Option<Vec<Template>> {
    if text.value.is_empty() {
        wrong.push(source.error_at(text, format!("the reply `{key}` has no text")).remedy("write its line"));
        return None;
    }
    let lines: Result<Vec<Template>, _> = text.value.split('\n').map(|line| Template::parse(key, line)).collect();
    let wrong_line =
        |error: TemplateError| source.error_at(text, error.to_string()).note(usable_in(key)).remedy(error.remedy());
    lines.map_err(|error| wrong.push(wrong_line(error))).ok()
}

fn usable_in(key: ReplyKey) -> String {
    let names: Vec<String> =
        key.placeholders().iter().map(|placeholder| format!("`{{{}}}`", placeholder.name())).collect();
    let own = if names.is_empty() { "no placeholders of its own".to_owned() } else { names.join(", ") };
    let general = "`{host}`, `{peer}`, `{peer-name}`, `{hello}`, `{version}`, `{date}`";
    format!("`{key}` has {own}; every reply has {general}")
}
