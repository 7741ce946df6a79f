//! Keeps a password that somebody wrote into a file out of what is shown of it.

use std::sync::Arc;

use crate::diagnostic::Diagnostic;

/// Keys whose value is, or may be meant to be, a password.
const KEYS: [&str; 3] = ["password", "secret", "key"];

/// The same error with every inline password in its excerpt covered, octet by octet, so that places stay right.
pub(super) fn mask(mut diagnostic: Diagnostic) -> Diagnostic {
    if let Some(excerpt) = &mut diagnostic.source {
        excerpt.text = Arc::from(masked(&excerpt.text));
    }
    diagnostic
}

fn masked(text: &str) -> String {
    text.split_inclusive('\n').map(masked_line).collect()
}

fn masked_line(line: &str) -> String {
    let value = KEYS.iter().filter_map(|key| inline_value(line, key)).min();
    let Some((shown, covered)) = value.and_then(|start| line.split_at_checked(start)) else {
        return line.to_owned();
    };
    let ending = covered.len() - covered.trim_end_matches(['\r', '\n']).len();
    let (covered, ending) = covered.split_at_checked(covered.len() - ending).unwrap_or((covered, ""));
    format!("{shown}{}{ending}", "*".repeat(covered.len()))
}

/// Where a key's value begins, unless it is a map, which says where the secret is.
fn inline_value(line: &str, key: &str) -> Option<usize> {
    let at = line.match_indices(key).map(|(at, _)| at).find(|at| {
        let before = line.get(..*at).and_then(|before| before.chars().next_back());
        matches!(before, None | Some(' ' | '\t' | '{' | ',' | '"' | '\'' | '?' | '-'))
    })?;
    let after = line.get(at + key.len()..)?.trim_start_matches(['"', '\'']);
    let value = after.trim_start().strip_prefix(':')?.trim_start();
    (!value.is_empty() && !value.starts_with('{')).then(|| line.len() - value.len())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("    password: hunter2\n", "    password: *******\n")]
    #[case("    secret: hunter2\r\n", "    secret: *******\r\n")]
    #[case("    \"secret\" : hunter2", "    \"secret\" : *******")]
    #[case("  guest: { user: a, password: hunter2 }\n", "  guest: { user: a, password: *********\n")]
    #[case("    secret: { env: NAME }\n", "    secret: { env: NAME }\n")]
    #[case("    secret:\n      env: NAME\n", "    secret:\n      env: NAME\n")]
    #[case("  wrong-password: absent\n", "  wrong-password: ******\n")]
    #[case("  secrets: x\n", "  secrets: x\n")]
    #[case("witness: { at: a:1, key: hunter2 }\n", "witness: { at: a:1, key: *********\n")]
    fn what_stands_behind_a_password_is_covered(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(masked(text), expected);
        assert_eq!(masked(text).len(), text.len());
    }
}
