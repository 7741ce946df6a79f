//! Deployments by name or by file, and target files.

use std::path::{Path, PathBuf};

use super::exit::Failure;
use super::files;
use super::kind::Kind;
use crate::diagnostic::Diagnostic;
use crate::feature::DeploymentName;
use crate::harness::TargetFile;
use crate::reference::deployment::Deployment;
use crate::reference::deployment::catalogue::Catalogue;
use crate::reference::yaml::Source;

/// The built-in products and deployments, with those of a user's own folders over them: a file of the same name takes a
/// built-in one's place, and a later folder's an earlier one's.
pub(super) fn catalogue(own: &[PathBuf]) -> Result<Catalogue, Failure> {
    let (mut products, mut deployments) = (Vec::new(), Vec::new());
    for folder in own {
        std::fs::metadata(folder).map_err(|error| files::unreadable(folder, &error))?;
        let before = products.len() + deployments.len();
        read_folder(&folder.join("products"), &mut products)?;
        read_folder(&folder.join("deployments"), &mut deployments)?;
        if before == products.len() + deployments.len() {
            let title = format!("{} holds no scenarios", folder.display());
            return Err(Failure::argument(title, "put YAML files into `products/` or `deployments/` below it"));
        }
    }
    Catalogue::with_own(products, deployments).map_err(Failure::Input)
}

fn read_folder(folder: &Path, found: &mut Vec<Source>) -> Result<(), Failure> {
    if !folder.is_dir() {
        return Ok(());
    }
    for named in files::under(&[folder.to_path_buf()], &["yaml", "yml"])? {
        let source = Source::new(named.name, files::text(&named.path)?);
        found.retain(|earlier| earlier.id() != source.id());
        found.push(source);
    }
    Ok(())
}

/// Whether an argument names a file and not a built-in deployment: it looks like a path, or only a file is called so.
pub(super) fn is_file(catalogue: &Catalogue, argument: &str) -> bool {
    let path = Path::new(argument);
    let ending = path.extension().and_then(std::ffi::OsStr::to_str);
    let looks_like_one = matches!(ending, Some("yaml" | "yml")) || argument.contains(std::path::MAIN_SEPARATOR);
    looks_like_one || catalogue.get(argument).is_none() && path.exists()
}

/// Whether a YAML file is meant as a target file and not as a deployment. What cannot be told is a target file, whose
/// errors name a whole one to compare with.
///
/// # Errors
/// When it is neither of the two.
pub(super) fn is_target_file(name: &str, text: &str) -> Result<bool, Failure> {
    match Kind::of(name, text) {
        None => Ok(!text.lines().any(|line| line.starts_with("title:"))),
        Some(Kind::Target) => Ok(true),
        Some(Kind::Deployment) => Ok(false),
        Some(other @ (Kind::Product | Kind::Bulletin | Kind::Order)) => Err(Failure::argument(
            format!("{name} is {}, and no host", other.name()),
            "name a deployment: a built-in one (`smtpspec list deployments` prints them all) or its file",
        )),
    }
}

/// Reads a target file that may name these addresses though they are not loopback.
pub(super) fn target(name: &str, text: &str, allowed: &[String]) -> Result<TargetFile, Vec<Diagnostic>> {
    // What an empty file is missing is more than its first key.
    let is_empty = text.lines().map(str::trim).all(|line| line.is_empty() || line.starts_with('#'));
    TargetFile::read_allowing(name, text, allowed).map_err(|mut wrong| {
        for diagnostic in &mut wrong {
            diagnostic.remedy.take_if(|_| is_empty);
            diagnostic
                .remedy
                .get_or_insert_with(|| "`smtpspec new target` prints a whole one to compare with".to_owned());
        }
        wrong
    })
}

/// The deployment that an argument names.
pub(super) fn deployment(catalogue: &Catalogue, argument: &str) -> Result<Deployment, Failure> {
    if !is_file(catalogue, argument) {
        return catalogue.get(argument).cloned().ok_or_else(|| unknown(catalogue, argument));
    }
    let text = files::text(Path::new(argument))?;
    if is_target_file(argument, &text)? {
        let title = format!("{argument} is no deployment file: it does not say what is installed on a host");
        return Err(Failure::argument(
            title,
            "name a built-in deployment; `smtpspec list deployments` prints them all",
        ));
    }
    catalogue.read_deployment(argument, &text).map_err(Failure::Input)
}

/// The deployment that an argument names, and its listener where one stands behind a colon.
pub(super) fn deployment_or_listener(
    catalogue: &Catalogue,
    argument: &str,
) -> Result<(Deployment, Option<String>), Failure> {
    let name = DeploymentName::read(argument);
    if name.listener.is_none() || is_file(catalogue, argument) {
        return deployment(catalogue, argument).map(|deployment| (deployment, None));
    }
    let deployment = catalogue.get(&name.id).ok_or_else(|| unknown(catalogue, &name.id))?;
    has_listener(deployment, &name)?;
    Ok((deployment.clone(), name.listener))
}

/// Complains of a listener that the deployment does not have.
pub(super) fn has_listener(deployment: &Deployment, name: &DeploymentName) -> Result<(), Failure> {
    let names: Vec<&str> = deployment.listeners.iter().map(|listener| listener.name.as_str()).collect();
    match &name.listener {
        Some(listener) if !names.contains(&listener.as_str()) => {
            let title = format!("{} has no listener `{listener}`", deployment.id);
            Err(Failure::argument(title, format!("it has: {}", names.join(", "))))
        }
        Some(_) | None => Ok(()),
    }
}

/// There is no such deployment, and a server is judged by a file that says more of it than where it is.
pub(super) fn host(argument: &str) -> Failure {
    Failure::Input(vec![
        Diagnostic::error(format!("there is no deployment `{argument}`"))
            .note(
                "it looks like the address of a server; who can be tried there, and for whom mail is, stands in a file",
            )
            .remedy("write a target file: `smtpspec new target my-server.yaml`"),
    ])
}

/// Whether it is written as a host or `host:port`: an IP address, a domain whose last label is letters (RFC 1123 2.1),
/// `localhost`, or anything with a port.
pub(super) fn looks_like_host(argument: &str) -> bool {
    let is_port = |port: &str| port.parse::<u16>().is_ok();
    if let Some((host, port)) = argument.rsplit_once(':')
        && !host.is_empty()
        && is_port(port)
    {
        return true;
    }
    let is_domain = argument.rsplit_once('.').is_some_and(|(before, last)| {
        !before.is_empty() && !last.is_empty() && last.bytes().all(|octet| octet.is_ascii_alphabetic())
    });
    let bare = argument.trim_start_matches('[').trim_end_matches(']');
    is_domain || argument == "localhost" || bare.parse::<std::net::IpAddr>().is_ok()
}

/// There is no such deployment; the nearest is named, or else the first that begins so.
pub(super) fn unknown(catalogue: &Catalogue, argument: &str) -> Failure {
    let ids = || catalogue.deployments.iter().map(|deployment| deployment.id.as_str());
    let begins_so = ids().find(|id| !argument.is_empty() && id.starts_with(argument));
    let remedy = begins_so.map(|id| format!("did you mean `{id}`?"));
    Failure::Input(vec![
        Diagnostic::error(format!("there is no deployment `{argument}`"))
            .note("a file is named by its path, with `.yaml` at the end")
            .remedy(remedy.unwrap_or_else(|| "`smtpspec list deployments` prints them all".to_owned()))
            .did_you_mean(argument, ids()),
    ])
}
