//! Wrong rules of the bulletins.

use smtpspec::feature::Advisor;
use smtpspec::reference::bulletin::{Action, Advice, Edition};
use smtpspec::reference::deployment::identity::{HostIdentity, ListenerIdentity, PatchId, ServiceState, System};

type Listeners<'a> = [(String, &'a ListenerIdentity)];

/// Every finding as `decide` has it, given the listener.
fn findings(
    mut advice: Vec<Advice>,
    listeners: &Listeners<'_>,
    decide: impl Fn(&ListenerIdentity, Edition, bool) -> bool,
) -> Vec<Advice> {
    for one in &mut advice {
        let Some((_, listener)) = listeners.iter().find(|(name, _)| *name == one.listener) else { continue };
        for finding in &mut one.findings {
            finding.affected = decide(listener, finding.edition, finding.affected);
        }
    }
    advice
}

fn without(mut advice: Vec<Advice>, is_dropped: impl Fn(&Action) -> bool) -> Vec<Advice> {
    for one in &mut advice {
        one.actions.retain(|action| !is_dropped(action));
    }
    advice
}

pub(super) fn product_is_not_named(
    right: &dyn Advisor,
    host: &HostIdentity,
    listeners: &Listeners<'_>,
    on: Option<&str>,
    product: &str,
) -> Vec<Advice> {
    findings(right.advise(host, listeners, on), listeners, |listener, _, affected| {
        affected && listener.product.0 != product
    })
}

pub(super) fn product_is_affected(
    right: &dyn Advisor,
    host: &HostIdentity,
    listeners: &Listeners<'_>,
    on: Option<&str>,
    product: &str,
) -> Vec<Advice> {
    findings(right.advise(host, listeners, on), listeners, |listener, _, affected| {
        affected || listener.product.0 == product
    })
}

pub(super) fn ms02_012_is_forgotten(
    right: &dyn Advisor,
    host: &HostIdentity,
    listeners: &Listeners<'_>,
    on: Option<&str>,
) -> Vec<Advice> {
    findings(right.advise(host, listeners, on), listeners, |_, edition, affected| {
        affected && edition != Edition::Ms02012
    })
}

/// The latest text is taken for the only one.
pub(super) fn dates_do_not_matter(
    right: &dyn Advisor,
    host: &HostIdentity,
    listeners: &Listeners<'_>,
    _: Option<&str>,
) -> Vec<Advice> {
    right.advise(host, listeners, None)
}

/// What is not there is advised as if it ran.
pub(super) fn services_always_run(
    right: &dyn Advisor,
    host: &HostIdentity,
    listeners: &Listeners<'_>,
    on: Option<&str>,
) -> Vec<Advice> {
    let host = HostIdentity { option_pack: host.system == System::WindowsNt4 || host.option_pack, ..host.clone() };
    let running: Vec<(String, ListenerIdentity)> = listeners
        .iter()
        .map(|(name, listener)| {
            (name.clone(), ListenerIdentity { service: ServiceState::Running, ..(*listener).clone() })
        })
        .collect();
    let running: Vec<_> = running.iter().map(|(name, listener)| (name.clone(), listener)).collect();
    right.advise(&host, &running, on)
}

/// Installed patches are overlooked.
pub(super) fn patches_are_overlooked(
    right: &dyn Advisor,
    host: &HostIdentity,
    listeners: &Listeners<'_>,
    on: Option<&str>,
) -> Vec<Advice> {
    let host = HostIdentity { patches: Vec::new(), ..host.clone() };
    let bare: Vec<(String, ListenerIdentity)> = listeners
        .iter()
        .map(|(name, listener)| (name.clone(), ListenerIdentity { patches: Vec::new(), ..(*listener).clone() }))
        .collect();
    let bare: Vec<_> = bare.iter().map(|(name, listener)| (name.clone(), listener)).collect();
    right.advise(&host, &bare, on)
}

pub(super) fn settings_are_not_advised(
    right: &dyn Advisor,
    host: &HostIdentity,
    listeners: &Listeners<'_>,
    on: Option<&str>,
) -> Vec<Advice> {
    without(right.advise(host, listeners, on), |action| matches!(action, Action::Set { .. }))
}

pub(super) fn patches_are_not_advised(
    right: &dyn Advisor,
    host: &HostIdentity,
    listeners: &Listeners<'_>,
    on: Option<&str>,
) -> Vec<Advice> {
    without(right.advise(host, listeners, on), |action| matches!(action, Action::Install { .. }))
}

/// The Windows patch is advised to everybody on Windows 2000.
pub(super) fn windows_patch_for_everybody(
    right: &dyn Advisor,
    host: &HostIdentity,
    listeners: &Listeners<'_>,
    on: Option<&str>,
) -> Vec<Advice> {
    let mut advice = right.advise(host, listeners, on);
    for one in advice.iter_mut().filter(|_| host.system == System::Windows2000) {
        let patch = PatchId("Q313450".to_owned());
        let why = "wrong".to_owned();
        one.actions.push(Action::Install { patch, editions: vec![Edition::Ms02011V2], why });
    }
    advice
}

/// The switch is advised whether it is on or off.
pub(super) fn switch_is_always_advised(
    right: &dyn Advisor,
    host: &HostIdentity,
    listeners: &Listeners<'_>,
    on: Option<&str>,
) -> Vec<Advice> {
    let mut advice = right.advise(host, listeners, on);
    for one in &mut advice {
        let setting = "Do not re-route incoming SMTP mail".to_owned();
        one.actions.push(Action::Set { setting, why: "wrong".to_owned() });
    }
    advice
}

/// A patch a bulletin, though it is the same.
pub(super) fn one_patch_a_bulletin(
    right: &dyn Advisor,
    host: &HostIdentity,
    listeners: &Listeners<'_>,
    on: Option<&str>,
) -> Vec<Advice> {
    let mut advice = right.advise(host, listeners, on);
    for one in &mut advice {
        one.actions = std::mem::take(&mut one.actions)
            .into_iter()
            .flat_map(|action| match action {
                Action::Install { patch, editions, why } => editions
                    .into_iter()
                    .map(|edition| Action::Install { patch: patch.clone(), editions: vec![edition], why: why.clone() })
                    .collect(),
                set @ Action::Set { .. } => vec![set],
            })
            .collect();
    }
    advice
}
