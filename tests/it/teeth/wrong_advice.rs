//! Wrong rules of the bulletins: each does what the right ones do, but for one thing.

use smtpspec::feature::Advisor;
use smtpspec::reference::bulletin::{Action, Advice, Bulletins, Edition};
use smtpspec::reference::deployment::identity::{HostIdentity, ListenerIdentity, PatchId, ServiceState, System};

type Listeners<'a> = [(String, &'a ListenerIdentity)];

/// What is asked: about a host and its listeners, on a day.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    right: &'a Bulletins,
    host: &'a HostIdentity,
    listeners: &'a Listeners<'a>,
    on: Option<&'a str>,
}

impl Asked<'_> {
    /// What the right rules say.
    pub(super) fn answer(self) -> Vec<Advice> {
        self.right.advise(self.host, self.listeners, self.on)
    }
}

/// An answer that is wrong.
pub(super) type WrongAdvice = fn(Asked<'_>) -> Vec<Advice>;

pub(super) struct Misled {
    pub(super) by: WrongAdvice,
    pub(super) right: Bulletins,
}

impl Advisor for Misled {
    fn advise(&self, host: &HostIdentity, listeners: &[(String, &ListenerIdentity)], on: Option<&str>) -> Vec<Advice> {
        (self.by)(Asked { right: &self.right, host, listeners, on })
    }
}

/// Every finding as `decide` has it, given the listener.
fn findings(asked: Asked<'_>, decide: impl Fn(&ListenerIdentity, Edition, bool) -> bool) -> Vec<Advice> {
    let mut advice = asked.answer();
    for one in &mut advice {
        let Some((_, listener)) = asked.listeners.iter().find(|(name, _)| *name == one.listener) else { continue };
        for finding in &mut one.findings {
            finding.affected = decide(listener, finding.edition, finding.affected);
        }
    }
    advice
}

fn without(asked: Asked<'_>, is_dropped: impl Fn(&Action) -> bool) -> Vec<Advice> {
    let mut advice = asked.answer();
    for one in &mut advice {
        one.actions.retain(|action| !is_dropped(action));
    }
    advice
}

pub(super) fn product_is_not_named(asked: Asked<'_>, product: &str) -> Vec<Advice> {
    findings(asked, |listener, _, affected| affected && listener.product.0 != product)
}

pub(super) fn product_is_affected(asked: Asked<'_>, product: &str) -> Vec<Advice> {
    findings(asked, |listener, _, affected| affected || listener.product.0 == product)
}

pub(super) fn ms02_012_is_forgotten(asked: Asked<'_>) -> Vec<Advice> {
    findings(asked, |_, edition, affected| affected && edition != Edition::Ms02012)
}

/// The latest text is taken for the only one.
pub(super) fn dates_do_not_matter(asked: Asked<'_>) -> Vec<Advice> {
    Asked { on: None, ..asked }.answer()
}

/// What is not there is advised as if it ran.
pub(super) fn services_always_run(asked: Asked<'_>) -> Vec<Advice> {
    let host = HostIdentity {
        option_pack: asked.host.system == System::WindowsNt4 || asked.host.option_pack,
        ..asked.host.clone()
    };
    let running: Vec<(String, ListenerIdentity)> = asked
        .listeners
        .iter()
        .map(|(name, listener)| {
            (name.clone(), ListenerIdentity { service: ServiceState::Running, ..(*listener).clone() })
        })
        .collect();
    let running: Vec<_> = running.iter().map(|(name, listener)| (name.clone(), listener)).collect();
    Asked { host: &host, listeners: &running, ..asked }.answer()
}

/// Installed patches are overlooked.
pub(super) fn patches_are_overlooked(asked: Asked<'_>) -> Vec<Advice> {
    let host = HostIdentity { patches: Vec::new(), ..asked.host.clone() };
    let bare: Vec<(String, ListenerIdentity)> = asked
        .listeners
        .iter()
        .map(|(name, listener)| (name.clone(), ListenerIdentity { patches: Vec::new(), ..(*listener).clone() }))
        .collect();
    let bare: Vec<_> = bare.iter().map(|(name, listener)| (name.clone(), listener)).collect();
    Asked { host: &host, listeners: &bare, ..asked }.answer()
}

pub(super) fn settings_are_not_advised(asked: Asked<'_>) -> Vec<Advice> {
    without(asked, |action| matches!(action, Action::Set { .. }))
}

pub(super) fn patches_are_not_advised(asked: Asked<'_>) -> Vec<Advice> {
    without(asked, |action| matches!(action, Action::Install { .. }))
}

/// The Windows patch is advised to everybody on Windows 2000.
pub(super) fn windows_patch_for_everybody(asked: Asked<'_>) -> Vec<Advice> {
    let mut advice = asked.answer();
    for one in advice.iter_mut().filter(|_| asked.host.system == System::Windows2000) {
        let patch = PatchId("Q313450".to_owned());
        let why = "wrong".to_owned();
        one.actions.push(Action::Install { patch, editions: vec![Edition::Ms02011V2], why });
    }
    advice
}

/// The switch is advised whether it is on or off.
pub(super) fn switch_is_always_advised(asked: Asked<'_>) -> Vec<Advice> {
    let mut advice = asked.answer();
    for one in &mut advice {
        let setting = "Do not re-route incoming SMTP mail".to_owned();
        one.actions.push(Action::Set { setting, why: "wrong".to_owned() });
    }
    advice
}

/// That a setting is as it should be goes unsaid.
pub(super) fn protection_is_not_mentioned(asked: Asked<'_>) -> Vec<Advice> {
    let mut advice = asked.answer();
    for finding in advice.iter_mut().flat_map(|one| &mut one.findings) {
        finding.why = finding.why.replace(" With rerouting off it is protected against relaying.", "");
    }
    advice
}

/// A patch a bulletin, though it is the same.
pub(super) fn one_patch_a_bulletin(asked: Asked<'_>) -> Vec<Advice> {
    let mut advice = asked.answer();
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

/// Whoever has this product is told to install the Windows patch, for this bulletin.
fn windows_patch(asked: Asked<'_>, product: &str, edition: Edition) -> Vec<Advice> {
    let mut advice = asked.answer();
    let patch = PatchId("Q313450".to_owned());
    for one in &mut advice {
        let is_meant =
            asked.listeners.iter().any(|(name, listener)| *name == one.listener && listener.product.0 == product);
        if !is_meant {
            continue;
        }
        let there = one.actions.iter_mut().find_map(|action| match action {
            Action::Install { patch: advised, editions, .. } if *advised == patch => Some(editions),
            Action::Install { .. } | Action::Set { .. } => None,
        });
        match there {
            Some(editions) => editions.push(edition),
            None => one.actions.push(Action::Install {
                patch: patch.clone(),
                editions: vec![edition],
                why: "wrong".to_owned(),
            }),
        }
    }
    advice
}

/// Exchange 2000 needs the Windows patch for MS02-012; here it is told that it needs it for MS02-011 too.
pub(super) fn windows_patch_of_exchange_2000_is_for_both(asked: Asked<'_>) -> Vec<Advice> {
    windows_patch(asked, "exchange-2000", Edition::Ms02011V2)
}

/// NT 4.0 is told to install the patch for Windows 2000.
pub(super) fn windows_patch_for_nt4(asked: Asked<'_>) -> Vec<Advice> {
    windows_patch(asked, "nt4-option-pack-smtp", Edition::Ms02011V2)
}

/// NT 4.0 is told to install the patch for Windows 2000 in place of its own.
pub(super) fn windows_patch_in_place_of_nt4s(asked: Asked<'_>) -> Vec<Advice> {
    let mut advice = asked.answer();
    let patches = advice.iter_mut().flat_map(|one| &mut one.actions).filter_map(|action| match action {
        Action::Install { patch, .. } => Some(patch),
        Action::Set { .. } => None,
    });
    for patch in patches.filter(|_| asked.host.system == System::WindowsNt4) {
        *patch = PatchId("Q313450".to_owned());
    }
    advice
}

/// MS02-012 is found, and nothing is said of what to do about it.
pub(super) fn nothing_is_done_about_ms02_012(asked: Asked<'_>) -> Vec<Advice> {
    without(asked, |action| match action {
        Action::Install { editions, .. } => editions == &[Edition::Ms02012],
        Action::Set { .. } => false,
    })
}

/// Everybody with Exchange 5.5 is told to change a setting.
pub(super) fn setting_for_every_exchange_55(asked: Asked<'_>) -> Vec<Advice> {
    let mut advice = asked.answer();
    for one in &mut advice {
        if asked.listeners.iter().any(|(name, listener)| *name == one.listener && listener.product.0 == "exchange-5.5")
        {
            let setting = "Do not reroute incoming SMTP mail".to_owned();
            one.actions.push(Action::Set { setting, why: "wrong".to_owned() });
        }
    }
    advice
}

/// Everybody is told to change a setting more.
pub(super) fn setting_for_everybody(asked: Asked<'_>) -> Vec<Advice> {
    let mut advice = asked.answer();
    for one in &mut advice {
        one.actions.push(Action::Set { setting: "a box of no consequence".to_owned(), why: "wrong".to_owned() });
    }
    advice
}
