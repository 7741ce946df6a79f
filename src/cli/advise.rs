//! `smtpspec advise`: what the bulletins say of a host, and what to do.

use std::io::{self, Write};
use std::path::PathBuf;

use super::arguments::Advise;
use super::exit::{Exit, Failure};
use super::scenario;
use super::terminal::Terminal;
use crate::diagnostic::text::{printable, wrap};
use crate::reference::bulletin::{self, Action, Advice, Bulletins, Edition};
use crate::reference::deployment::catalogue::Catalogue;
use crate::reference::deployment::identity::ServiceState;
use crate::reference::deployment::{Deployment, Listener};

pub(super) fn advise(arguments: &Advise, scenarios: &[PathBuf], terminal: &Terminal) -> Result<Exit, Failure> {
    if let Some(date) = &arguments.dated
        && let Err(why) = bulletin::check_date(date)
    {
        return Err(Failure::argument(format!("`{date}` is no date"), why.to_string()));
    }
    let catalogue = scenario::catalogue(scenarios)?;
    let bulletins = Bulletins::built_in().map_err(Failure::Input)?;
    let (deployment, listener) = scenario::deployment_or_listener(&catalogue, &arguments.deployment)?;
    let listeners: Vec<_> =
        deployment.listeners.iter().map(|listener| (listener.name.clone(), &listener.identity)).collect();
    let mut advice = bulletins.advise(&deployment.host, &listeners, arguments.dated.as_deref());
    advice.retain(|advice| listener.as_ref().is_none_or(|listener| *listener == advice.listener));
    print(&mut io::stdout().lock(), &catalogue, &deployment, &advice, terminal.width.clamp(60, 100))
        .map_err(Failure::Output)?;
    Ok(Exit::Conformant)
}

fn print(
    out: &mut impl Write,
    catalogue: &Catalogue,
    deployment: &Deployment,
    advice: &[Advice],
    width: usize,
) -> io::Result<()> {
    paragraph(out, "", "  ", &format!("{} ({})", deployment.title, deployment.id), width)?;
    paragraph(out, "", "", &deployment.about, width)?;
    if deployment.listeners.is_empty() {
        writeln!(out, "\nNo SMTP service is installed here: nothing answers, and nothing is to be done.")?;
    }
    for advice in advice {
        let listener = deployment.listeners.iter().find(|listener| listener.name == advice.listener);
        writeln!(out, "\n{}", heading(catalogue, &advice.listener, listener))?;
        for finding in &advice.findings {
            let first = format!(
                "  {:<13} {:<13} ",
                bulletin_name(finding.edition),
                if finding.affected { "affected" } else { "not affected" }
            );
            paragraph(out, &first, &" ".repeat(30), &finding.why, width)?;
            paragraph(out, &" ".repeat(30), &" ".repeat(30), &format!("({})", finding.citation), width)?;
        }
        if advice.findings.is_empty() {
            writeln!(out, "  No bulletin about it was out on that day.")?;
        } else if advice.actions.is_empty() {
            writeln!(out, "  To do: nothing by these bulletins.")?;
        } else {
            writeln!(out, "  To do:")?;
        }
        for (number, action) in (1..).zip(&advice.actions) {
            let (what, why) = match action {
                Action::Install { patch, why, .. } => (format!("Install {}.", patch.0), why),
                Action::Set { setting, why } => (format!("Set \u{201c}{setting}\u{201d}."), why),
            };
            paragraph(out, &format!("  {number}. "), "     ", &format!("{what} {why}"), width)?;
        }
        let names_a_setting = advice.actions.iter().any(|action| matches!(action, Action::Set { .. }));
        if !names_a_setting && listener.is_some_and(is_open_relay) {
            paragraph(out, "  ", "  ", OPEN_RELAY, width)?;
        }
    }
    Ok(())
}

/// What no bulletin speaks of where its product can be set otherwise.
const OPEN_RELAY: &str = "Open relay: by its settings it relays for whoever connects, patched or not.";

fn is_open_relay(listener: &Listener) -> bool {
    listener.identity.service == ServiceState::Running && listener.identity.settings.let_everyone_relay()
}

fn heading(catalogue: &Catalogue, name: &str, listener: Option<&Listener>) -> String {
    let Some(listener) = listener else { return name.to_owned() };
    let product = &listener.identity.product.0;
    let title = catalogue.product(product).map_or(product.as_str(), |product| product.title());
    format!("{name}, port {}: {title}, {}", listener.port, state(listener.identity.service))
}

const fn bulletin_name(edition: Edition) -> &'static str {
    match edition {
        Edition::Ms02011V1 => "MS02-011 1.0",
        Edition::Ms02011V2 => "MS02-011 2.0",
        Edition::Ms02012 => "MS02-012",
    }
}

const fn state(service: ServiceState) -> &'static str {
    match service {
        ServiceState::Running => "running",
        ServiceState::Stopped => "stopped",
        ServiceState::NotInstalled => "not installed",
    }
}

/// Text wrapped behind `first`, its other lines behind `rest`.
fn paragraph(out: &mut impl Write, first: &str, rest: &str, text: &str, width: usize) -> io::Result<()> {
    // A title or a text may be a stranger's.
    for (number, line) in wrap(&printable(text), width.saturating_sub(rest.len())).into_iter().enumerate() {
        writeln!(out, "{}{line}", if number == 0 { first } else { rest })?;
    }
    Ok(())
}
