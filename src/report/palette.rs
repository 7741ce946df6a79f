//! Colour, by meaning.

use anstyle::{AnsiColor, Style};

use super::run::Standing;
use crate::judge::Verdict;

/// A style for each meaning.
#[derive(Clone, Copy, Debug)]
pub(super) struct Palette {
    pub(super) heading: Style,
    pub(super) faint: Style,
    pub(super) conformant: Style,
    pub(super) deviates: Style,
    pub(super) inconclusive: Style,
    pub(super) decides: Style,
}

impl Palette {
    pub(super) const fn new(colour: bool) -> Self {
        if colour { Self::coloured() } else { Self::plain() }
    }

    const fn coloured() -> Self {
        Self {
            heading: Style::new().bold(),
            faint: Style::new().dimmed(),
            conformant: AnsiColor::Green.on_default(),
            deviates: AnsiColor::Red.on_default().bold(),
            inconclusive: AnsiColor::Yellow.on_default(),
            decides: Style::new().bold(),
        }
    }

    const fn plain() -> Self {
        let plain = Style::new();
        Self { heading: plain, faint: plain, conformant: plain, deviates: plain, inconclusive: plain, decides: plain }
    }

    pub(super) const fn verdict(&self, verdict: Verdict) -> Style {
        match verdict {
            Verdict::Conformant => self.conformant,
            Verdict::Deviates => self.deviates,
            Verdict::Inconclusive => self.inconclusive,
            Verdict::Skipped | Verdict::NotApplicable => self.faint,
        }
    }

    /// What is expected is known: it is not to catch the eye.
    pub(super) const fn standing(&self, standing: Standing) -> Style {
        match standing {
            Standing::Judged(verdict) => self.verdict(verdict),
            Standing::Expected => self.inconclusive,
        }
    }
}

/// The text in a style. The text must be harmless already.
pub(super) fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}
