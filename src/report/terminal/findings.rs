//! What needs attention: each case with its reasons, what to do, and the dialogue around the line that decided.

use crate::diagnostic::text::{cut, printable};
use crate::judge::{Judgement, Listed, Verdict};
use crate::report::dialogue::{Extent, excerpt};
use crate::report::layout::hanging;
use crate::report::palette::{Palette, paint};
use crate::report::run::{Ended, Run, Standing};
use crate::report::{TerminalOptions, describe};

pub(super) fn lines(run: &Run, palette: &Palette, options: &TerminalOptions) -> Vec<String> {
    let writer = Writer { run, palette, options, columns: options.columns() };
    let shown = |ended: &&Ended| ended.decides || options.verbose;
    let mut lines = Vec::new();
    let sections = [
        Standing::Judged(Verdict::Deviates),
        Standing::Expected,
        Standing::Judged(Verdict::Inconclusive),
        Standing::Judged(Verdict::Skipped),
    ];
    for standing in sections {
        let ended = run.ended.iter().filter(shown).filter(|ended| ended.standing() == standing);
        let findings = findings(ended);
        if findings.is_empty() {
            continue;
        }
        lines.push(String::new());
        lines.push(writer.rule(standing));
        let told = if options.verbose { findings.len() } else { findings.len().min(TOLD) };
        let (told, named) = findings.split_at_checked(told).unwrap_or((&findings, &[]));
        for finding in told {
            let is_brief = match standing {
                Standing::Judged(verdict) => verdict == Verdict::Skipped,
                Standing::Expected => !options.verbose,
            };
            lines.extend(if is_brief { writer.brief(finding) } else { writer.full(finding) });
        }
        if !named.is_empty() {
            lines.push(String::new());
            let text =
                format!("{} more, by name; --verbose tells them whole, --on NAME judges one target", named.len());
            lines.extend(hanging("", &text, writer.columns).iter().map(|line| paint(palette.faint, line)));
            for finding in named {
                lines.extend(writer.heading(finding));
                lines.extend(writer.others(finding));
            }
        }
    }
    lines
}

/// Findings of one verdict that are told with their reasons. What is wrong with forty targets at once is read by name.
const TOLD: usize = 12;

/// Cases of one target that came to the same for the same reasons: told once. Where nothing deviates the first reason is
/// enough: the others say in which step of each case it came up.
struct Finding<'a> {
    first: &'a Ended,
    others: Vec<&'a Ended>,
}

fn findings<'a>(ended: impl Iterator<Item = &'a Ended>) -> Vec<Finding<'a>> {
    let mut findings: Vec<Finding<'a>> = Vec::new();
    for ended in ended {
        let same = |finding: &&mut Finding<'_>| {
            let (one, other) = (&finding.first.result, &ended.result);
            let Judgement { verdict, reasons, remedy, deciding_attempt: _ } = &one.judgement;
            let other_reasons = &other.judgement.reasons;
            let because = match verdict {
                Verdict::Deviates => reasons == other_reasons,
                _ => reasons.first() == other_reasons.first(),
            };
            let (listed, other_listed) = (&finding.first.listed, &ended.listed);
            because && one.target == other.target && *remedy == other.judgement.remedy && listed == other_listed
        };
        match findings.iter_mut().find(same) {
            Some(finding) => finding.others.push(ended),
            None => findings.push(Finding { first: ended, others: Vec::new() }),
        }
    }
    findings
}

struct Writer<'a> {
    run: &'a Run,
    palette: &'a Palette,
    options: &'a TerminalOptions,
    columns: usize,
}

impl Writer<'_> {
    fn rule(&self, standing: Standing) -> String {
        let name = describe::standing(standing);
        let rest = "─".repeat(self.columns.saturating_sub(2 + 1 + name.len() + 1));
        let rule = |text: &str| paint(self.palette.faint, text);
        format!("{} {} {}", rule("──"), paint(self.palette.standing(standing), name), rule(&rest))
    }

    /// `✗ relay/null-session on mail.example:25`, coloured.
    fn heading(&self, finding: &Finding<'_>) -> Vec<String> {
        let Ended { result, decides, listed: _ } = finding.first;
        let standing = finding.first.standing();
        let style = self.palette.standing(standing);
        let target = printable(self.run.title_of(&result.target));
        let besides = if *decides { "" } else { " (does not decide)" };
        let text = format!("{} on {target}{besides}", printable(&result.requirement.id.0));
        hanging(&format!("{} ", describe::mark_of(standing)), &text, self.columns)
            .into_iter()
            .map(|line| paint(style, &line))
            .collect()
    }

    fn brief(&self, finding: &Finding<'_>) -> Vec<String> {
        let mut lines = self.heading(finding);
        lines.extend(self.others(finding));
        lines.extend(self.listed(finding));
        let judgement = &finding.first.result.judgement;
        let because = judgement.reasons.first().map(|reason| ("because", reason));
        // Of what is known nothing is to be done.
        let is_known = finding.first.standing() == Standing::Expected;
        let remedy = judgement.remedy.as_ref().filter(|_| !is_known).map(|remedy| ("remedy", remedy));
        for (label, text) in because.into_iter().chain(remedy) {
            lines.extend(self.labelled(label, &printable(text)));
        }
        lines
    }

    fn full(&self, finding: &Finding<'_>) -> Vec<String> {
        let result = &finding.first.result;
        let requirement = &result.requirement;
        let mut lines = vec![String::new()];
        lines.extend(self.heading(finding));
        lines.extend(self.others(finding));
        lines.extend(hanging("    ", &printable(&requirement.sentence), self.columns));
        let sources = requirement.sources.iter().map(|source| printable(&source.0).into_owned());
        let place: Vec<String> = std::iter::once(describe::level(requirement.level).to_owned())
            .chain(sources)
            .chain([printable(&requirement.place).into_owned()])
            .collect();
        let place = hanging("    ", &place.join("; "), self.columns);
        lines.extend(place.iter().map(|line| paint(self.palette.faint, line)));
        lines.push(String::new());
        lines.extend(self.listed(finding));
        if let Some(answer) = &result.authentication {
            lines.extend(self.labelled("AUTH", &describe::authentication(answer)));
        }
        if let Some(fate) = &result.fate {
            lines.extend(self.labelled("mail", &describe::fate(fate)));
            lines.extend(describe::trace(fate).into_iter().flat_map(|trace| self.labelled("received", &trace)));
        }
        lines.extend(self.reasons(&result.judgement));
        if let Some(remedy) = &result.judgement.remedy {
            lines.extend(self.labelled("remedy", &printable(remedy)));
        }
        lines.extend(self.dialogue(finding.first));
        lines
    }

    fn others(&self, finding: &Finding<'_>) -> Vec<String> {
        if finding.others.is_empty() {
            return Vec::new();
        }
        let ids: Vec<String> =
            finding.others.iter().map(|ended| printable(&ended.result.requirement.id.0).into_owned()).collect();
        hanging("    likewise ", &ids.join(", "), self.columns)
    }

    /// Why a deviation was expected; where it could not be told, too.
    fn listed(&self, finding: &Finding<'_>) -> Vec<String> {
        let Some(Listed { reason, place }) = &finding.first.listed else { return Vec::new() };
        self.labelled("expected", &format!("{} ({})", printable(reason), printable(place)))
    }

    fn reasons(&self, judgement: &Judgement) -> Vec<String> {
        let mut lines = Vec::new();
        for (index, reason) in judgement.reasons.iter().enumerate() {
            lines.extend(self.labelled(if index == 0 { "because" } else { "and" }, &printable(reason)));
        }
        lines
    }

    fn labelled(&self, label: &str, text: &str) -> Vec<String> {
        hanging(&format!("    {label:<8} "), text, self.columns)
    }

    fn dialogue(&self, ended: &Ended) -> Vec<String> {
        let Some((transcript, deciding)) = self.run.dialogue(&ended.result) else { return Vec::new() };
        let extent = if self.options.verbose { Extent::Whole } else { Extent::AroundDeciding };
        let mut lines = vec![String::new()];
        for line in excerpt(transcript, deciding, extent) {
            let (mark, style) = if line.decides { (">", self.palette.decides) } else { (" ", self.palette.faint) };
            for (index, piece) in cut(&line.text, self.columns.saturating_sub(6)).into_iter().enumerate() {
                let mark = if index == 0 { mark } else { " " };
                lines.push(format!("    {}", paint(style, &format!("{mark} {piece}"))));
            }
        }
        lines
    }
}
