//! `smtpspec lint`: checks files without running anything.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::arguments::Lint;
use super::exit::{Exit, Failure};
use super::kind::Kind;
use super::terminal::Terminal;
use super::{files, scenario};
use crate::diagnostic::Diagnostic;
use crate::feature::{self, FeatureText, Suite};
use crate::reference::bulletin::Bulletins;
use crate::reference::deployment::catalogue::Catalogue;
use crate::reference::yaml::Source;

const ENDINGS: [&str; 3] = ["feature", "yaml", "yml"];

pub(super) fn lint(arguments: &Lint, scenarios: &[PathBuf], _terminal: &Terminal) -> Result<Exit, Failure> {
    let catalogue = scenario::catalogue(scenarios)?;
    let mut features = Vec::new();
    let mut wrong: Vec<Diagnostic> = Vec::new();
    let mut others = 0_usize;
    if arguments.paths.is_empty() {
        features = feature::built_in();
    }
    for named in files::under(&arguments.paths, &ENDINGS)? {
        let text = files::text(&named.path)?;
        if named.path.extension().is_some_and(|ending| ending == "feature") {
            features.push(FeatureText::new(named.name, &text));
        } else {
            others += 1;
            wrong.extend(lint_yaml(&catalogue, &named.name, &text));
        }
    }
    let mut cases = 0;
    let files = features.len() + others;
    if !features.is_empty() {
        match Suite::load(features, &catalogue) {
            Ok(suite) => cases = suite.cases().len(),
            Err(found) => wrong.extend(found),
        }
    }
    if !wrong.is_empty() {
        return Err(Failure::Input(wrong));
    }
    writeln!(
        io::stdout(),
        "nothing is wrong with {files} {} and {cases} {}",
        plural(files, "file"),
        plural(cases, "case")
    )
    .map_err(Failure::Output)?;
    Ok(Exit::Conformant)
}

fn lint_yaml(catalogue: &Catalogue, name: &str, text: &str) -> Vec<Diagnostic> {
    let wrong = match Kind::of(name, text) {
        Some(Kind::Target) => scenario::target(name, text, &[]).err(),
        Some(Kind::Deployment) => catalogue.read_deployment(name, text).err(),
        Some(Kind::Product) => Catalogue::read_product(name, text).err(),
        Some(Kind::Bulletin) => Bulletins::read(&[Source::new(name, text)]).err(),
        Some(Kind::Order) => Catalogue::read_order(name, text).err(),
        None if is_read(name) => Some(vec![Kind::unknown(name, text)]),
        None => Some(vec![not_read(name)]),
    };
    wrong.unwrap_or_default()
}

/// Whether a file is called as one that is read. Without an ending it may be any.
fn is_read(name: &str) -> bool {
    Path::new(name).extension().is_none_or(|ending| ENDINGS.iter().any(|read| ending == *read))
}

fn not_read(name: &str) -> Diagnostic {
    Diagnostic::error(format!("{name} is none of the files that lint reads"))
        .note(
            "feature files end with `.feature`; target, deployment, product and bulletin files with `.yaml` or `.yml`",
        )
        .remedy("name such a file, or a folder that has some; a case that stands elsewhere goes into a file of its own")
}

fn plural(count: usize, noun: &str) -> String {
    if count == 1 { noun.to_owned() } else { format!("{noun}s") }
}
