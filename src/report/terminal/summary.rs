//! The last lines: what the run came to.

use crate::diagnostic::text::printable;
use crate::judge::{RunEvent, Summary, Verdict};
use crate::report::describe;
use crate::report::layout::{counted, hanging};
use crate::report::palette::{Palette, paint};
use crate::report::run::{self, End, Run};

pub(super) fn lines(run: &Run, palette: &Palette, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new(), paint(palette.faint, &"─".repeat(columns))];
    let labelled = |label: &str, text: &str| hanging(&format!("{label:<9} "), text, columns);
    match &run.end {
        Some(end) => lines.extend(labelled("Summary", &ended(run, end))),
        None => lines.extend(labelled("Summary", &broken_off(run))),
    }
    let besides = run.count(false);
    if total(&besides) > 0 {
        let count = total(&besides);
        let verb = if count == 1 { "does" } else { "do" };
        let text = format!(
            "{} of the requirements on the old systems {verb} not decide: {}",
            counted(count, "result"),
            run::summary(&besides)
        );
        lines.extend(labelled("Besides", &text));
    }
    if let Ok(count @ 1..) = u32::try_from(run.again.len()) {
        let verb = if count == 1 { "was" } else { "were" };
        let text = format!("{} {verb} judged again: mail arrived after the first verdict", counted(count, "result"));
        lines.extend(labelled("Again", &text));
    }
    for cell in run.cells.iter().filter(|cell| run.rests_on_the_file(cell)) {
        let text = format!(
            "{}the login of {} was refused, as the file says it is (`login: refused`): nothing is known of its rights",
            on(run, &cell.target),
            cell.role.phrase()
        );
        lines.extend(labelled("Declared", &text));
    }
    for (target, _) in
        run.targets.iter().filter(|(target, _)| run.tls_of(target).is_some_and(|tls| tls.any_certificate))
    {
        let text = format!(
            "{}any certificate was accepted (`certificate: any`): who the server is was not verified",
            on(run, target)
        );
        lines.extend(labelled("Declared", &text));
    }
    for (result, listed) in run.stale() {
        let text = format!(
            "{}{} conforms, and is expected to deviate: {}",
            on(run, &result.target),
            printable(&result.requirement.id.0),
            printable(&listed.place)
        );
        lines.extend(labelled("Stale", &text));
    }
    for (case, target) in &run.open {
        let text = format!("{} on {} was under way", printable(&case.0), printable(run.title_of(target)));
        lines.extend(labelled("Open", &text));
    }
    let Some(end) = &run.end else {
        let style = palette.inconclusive;
        let code = if run.interrupted { ends_with(run, RunEvent::BROKEN_OFF) } else { String::new() };
        let result = labelled("Result", &format!("none: the run was broken off{code}"));
        lines.extend(result.iter().map(|line| paint(style, line)));
        return lines;
    };
    for (target, _, reason) in &end.unjudged {
        let text = format!("{}{}", on(run, target), printable(reason));
        lines.extend(labelled("Unjudged", &text));
    }
    let (style, word) = match end.exit {
        0 => (palette.conformant, describe::verdict(Verdict::Conformant)),
        1 => (palette.deviates, describe::verdict(Verdict::Deviates)),
        3 => (palette.inconclusive, describe::verdict(Verdict::Inconclusive)),
        2 if run.stale().next().is_some() => (palette.deviates, "stale: what is expected to deviate conforms"),
        _ => (palette.inconclusive, "none: the run failed"),
    };
    let meaning = match end.exit {
        0 if run.judges_the_models() => ": the models do what the record says",
        1 if run.judges_the_models() => ": a model does not do what the record says",
        _ => "",
    };
    let result = labelled("Result", &format!("{word}{meaning}{}", ends_with(run, end.exit)));
    lines.extend(result.iter().map(|line| paint(style, line)));
    lines
}

/// What the process ends with: the run's own code, or that of a report that could not be written.
fn ends_with(run: &Run, exit: u8) -> String {
    match run.not_written {
        Some(code) => format!(" (exit code {code}: a report could not be written)"),
        None => format!(" (exit code {exit})"),
    }
}

/// The target in front of what is said of it, where there are several.
fn on(run: &Run, target: &str) -> String {
    if run.targets.len() == 1 { String::new() } else { format!("{}: ", printable(run.title_of(target))) }
}

fn ended(run: &Run, end: &End) -> String {
    format!(
        "{} on {} in {}: {}",
        counted(total(&end.summary), "case"),
        counted(run.judged_targets(), "target"),
        describe::duration(end.took),
        run::summary(&end.summary)
    )
}

fn broken_off(run: &Run) -> String {
    let all = counted(run.cases, "case");
    let counts = run::summary(&run.count(true));
    format!("{} of {all} ended before the run was broken off: {counts}", run.ended.len())
}

fn total(summary: &Summary) -> u64 {
    let judged: u64 = run::verdicts(summary).into_iter().map(|(_, count)| u64::from(count)).sum();
    judged + u64::from(summary.expected)
}
