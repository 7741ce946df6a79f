//! What a run is made of, read and checked whole before anything is sent.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::cli::arguments::Verify;
use crate::cli::exit::Failure;
use crate::cli::{cases, files, scenario};
use crate::diagnostic::Diagnostic;
use crate::feature::{DeploymentName, Expected, Scope, StandIn, Suite};
use crate::harness::{Bench, TargetFile, TargetName};
use crate::judge::Role;
use crate::reference::bulletin::Bulletins;
use crate::reference::deployment::Deployment;
use crate::reference::deployment::catalogue::Catalogue;

/// What decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Judged {
    /// Our model, by the record.
    Model,
    /// The targets that were named.
    Targets,
}

/// Something that `--on` named.
enum On {
    Deployment(Box<Deployment>),
    External(TargetName, Box<TargetFile>),
}

impl On {
    /// What it is called in reports; a deployment by its id, and each of its listeners where it has several.
    fn names(&self) -> Vec<String> {
        match self {
            Self::Deployment(deployment) => {
                let listeners =
                    deployment.listeners.iter().map(|listener| format!("{}:{}", deployment.id, listener.name));
                std::iter::once(deployment.id.clone()).chain(listeners).collect()
            }
            Self::External(name, _) => vec![name.0.clone()],
        }
    }

    fn named_once(&self) -> &'static str {
        match self {
            Self::External(_, file) if file.name().is_some() => {
                "name each target once, and give each file a `name` of its own"
            }
            Self::Deployment(_) | Self::External(..) => "name each target once",
        }
    }
}

/// A run, ready to begin.
pub(super) struct Job {
    pub(super) catalogue: Arc<Catalogue>,
    pub(super) bulletins: Arc<Bulletins>,
    pub(super) judged: Judged,
    /// The selected cases.
    pub(super) suite: Suite,
    /// Whether all the built-in cases were asked for.
    is_whole: bool,
    on: Vec<On>,
    stands_for: Option<DeploymentName>,
    /// What is known to deviate.
    pub(super) expected: Option<Arc<Expected>>,
    /// All cases, selected or not.
    whole: Suite,
}

/// Cases that run on the same things.
pub(super) struct Part {
    pub(super) scope: Scope,
    pub(super) decides: bool,
}

impl Job {
    /// Reads all that the arguments name.
    ///
    /// # Errors
    /// Whatever is wrong with it, with its place.
    pub(super) fn read(arguments: &Verify, scenarios: &[PathBuf]) -> Result<Self, Failure> {
        let catalogue = scenario::catalogue(scenarios)?;
        let bulletins = Bulletins::built_in().map_err(Failure::Input)?;
        let whole = cases::suite(&arguments.features, &catalogue)?;
        let suite = whole.select(&arguments.selectors).map_err(|wrong| file_among(&arguments.selectors, wrong))?;
        let read_expected = |path: &PathBuf| {
            let text = files::text(path)?;
            Expected::read(&path.display().to_string(), &text, &whole).map(Arc::new).map_err(Failure::Input)
        };
        let expected = arguments.expected.as_ref().map(read_expected).transpose()?;
        let mut on = Vec::new();
        let mut seen = BTreeSet::new();
        for argument in &arguments.on {
            let read = read_target(&catalogue, argument, &arguments.allow_address)?;
            // By what it is called in reports: a deployment by its id, wherever its file is.
            for name in read.names() {
                if seen.contains(&name) {
                    let title = format!("--on {argument}: {name} is named twice");
                    return Err(Failure::argument(title, read.named_once()));
                }
                seen.insert(name);
            }
            on.push(read);
        }
        let stands_for = stands_for(arguments, &catalogue, &on)?;
        let judged = if on.is_empty() { Judged::Model } else { Judged::Targets };
        let job = Self {
            catalogue: Arc::new(catalogue),
            bulletins: Arc::new(bulletins),
            judged,
            is_whole: arguments.features.is_empty() && arguments.selectors.is_empty(),
            suite,
            on,
            stands_for,
            expected,
            whole,
        };
        job.has_cases()?;
        Ok(job)
    }

    /// A selection that leaves nothing to run for what was named is the user's mistake, not a run that conforms.
    fn has_cases(&self) -> Result<(), Failure> {
        if self.stands_for.is_some() && self.suite.counts().1 == 0 {
            let title = "none of the selected cases is of the record, which --as asks for";
            return Err(Failure::argument(title, "select `bulletin`, or leave --as away"));
        }
        if self.judged == Judged::Targets && self.stands_for.is_none() && self.suite.counts().0 == 0 {
            let title = "none of the selected cases is a requirement, and only those judge what --on names";
            let only_models = self.on.iter().all(|on| matches!(on, On::Deployment(_)));
            return Err(Failure::argument(
                title,
                if only_models {
                    "select `requirements`, or leave --on away: the record names its deployments itself"
                } else {
                    "select `requirements`, or say with --as which deployment the target is an example of"
                },
            ));
        }
        Ok(())
    }

    /// Puts the targets that are named, or all built-in deployments, on the bench.
    pub(super) fn put_on(&self, bench: &Bench) -> Vec<TargetName> {
        if self.judged == Judged::Model {
            return self.catalogue.deployments.iter().flat_map(|deployment| bench.add_deployment(deployment)).collect();
        }
        let mut names = Vec::new();
        for on in &self.on {
            match on {
                On::Deployment(deployment) => names.extend(bench.add_deployment(deployment)),
                On::External(name, file) => {
                    bench.add_external(name.clone(), (**file).clone());
                    names.push(name.clone());
                }
            }
        }
        names
    }

    /// Holds the file of what is expected against the targets.
    ///
    /// # Errors
    /// Its lines that can never tell of a case on one of them.
    pub(super) fn check_expected(&self, targets: &[TargetName]) -> Result<(), Failure> {
        let Some(expected) = &self.expected else { return Ok(()) };
        expected.check(&self.whole, targets).map_err(Failure::Input)
    }

    /// The roles that requirements are about; `None` where all are to be judged, whatever the cases.
    pub(super) fn roles(&self) -> Option<Vec<Role>> {
        let requirements = self.suite.cases().iter().filter(|case| !case.is_record());
        if self.is_whole { None } else { Some(requirements.filter_map(|case| case.role).collect()) }
    }

    /// What runs, in order.
    pub(super) fn parts(&self, targets: &[TargetName]) -> Vec<Part> {
        if let Some(deployment) = &self.stands_for {
            let stands_in =
                targets.first().map(|target| StandIn { target: target.clone(), deployment: deployment.clone() });
            return vec![Part { scope: Scope::Record { stands_in }, decides: true }];
        }
        let (requirements, record) = self.suite.counts();
        let by_record = self.judged == Judged::Model && record > 0;
        let mut parts = Vec::new();
        if requirements > 0 {
            parts.push(Part { scope: Scope::Requirements(targets.to_vec()), decides: !by_record });
        }
        if by_record {
            parts.push(Part { scope: Scope::Record { stands_in: None }, decides: true });
        }
        parts
    }
}

/// What no case is meant by, said anew where it is a file to judge that stands without its `--on`.
fn file_among(selectors: &[String], wrong: Vec<Diagnostic>) -> Failure {
    let is_to_judge = |selector: &&String| {
        let path = Path::new(selector.as_str());
        let ending = path.extension().and_then(std::ffi::OsStr::to_str);
        matches!(ending, Some("yaml" | "yml")) || ending != Some("feature") && path.is_file()
    };
    match selectors.iter().find(is_to_judge) {
        Some(file) => Failure::argument(
            format!("`{file}` selects no case: it is a file"),
            format!("did you mean `--on {file}`? That judges the server it describes"),
        ),
        None => Failure::Input(wrong),
    }
}

fn stands_for(arguments: &Verify, catalogue: &Catalogue, on: &[On]) -> Result<Option<DeploymentName>, Failure> {
    let Some(text) = &arguments.stands_for else { return Ok(None) };
    let name = DeploymentName::read(text);
    let Some(deployment) = catalogue.get(&name.id) else { return Err(scenario::unknown(catalogue, &name.id)) };
    scenario::has_listener(deployment, &name)?;
    // A target has one address, and what is on record differs from listener to listener.
    if name.listener.is_none() && deployment.listeners.len() > 1 {
        let title = format!("{} has several listeners, and a target is one", deployment.id);
        let with_names: Vec<String> =
            deployment.listeners.iter().map(|listener| format!("{}:{}", deployment.id, listener.name)).collect();
        return Err(Failure::argument(title, format!("say which: --as {}", with_names.join(" or --as "))));
    }
    match on {
        [On::External(..)] => Ok(Some(name)),
        _ => Err(Failure::argument("--as holds one real server against the record", "name one target file with --on")),
    }
}

fn read_target(catalogue: &Catalogue, argument: &str, allowed: &[String]) -> Result<On, Failure> {
    if !scenario::is_file(catalogue, argument) {
        if catalogue.get(argument).is_none() && scenario::looks_like_host(argument) {
            return Err(scenario::host(argument));
        }
        return scenario::deployment(catalogue, argument).map(|deployment| On::Deployment(Box::new(deployment)));
    }
    let text = files::text(Path::new(argument))?;
    if scenario::is_target_file(argument, &text)? {
        let file = scenario::target(argument, &text, allowed).map_err(Failure::Input)?;
        let name = file.name().unwrap_or(argument).to_owned();
        return Ok(On::External(TargetName(name), Box::new(file)));
    }
    let deployment = catalogue.read_deployment(argument, &text).map_err(Failure::Input)?;
    Ok(On::Deployment(Box::new(deployment)))
}
