//! Reads the secret of a role from where the file says that it is.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::process::Command;

use super::TargetFile;
use super::file::{SecretPlace, Words};
use crate::diagnostic::Diagnostic;
use crate::protocol::secret::Secret;
use crate::reference::yaml::Placed;

/// The most that is read of a secret.
const MOST_OF_A_SECRET: usize = 4096;

/// How long a command may take. Somebody may have to touch a key or type a passphrase.
const COMMAND_LIMIT: Duration = Duration::from_secs(60);

/// Why a command gave no secret. What it said is never told: it may be one.
#[derive(Debug, thiserror::Error)]
enum CommandError {
    #[error("cannot be run: {0}")]
    NotRun(#[source] std::io::Error),
    #[error("did not end within {0:?}")]
    TimedOut(Duration),
    #[error("failed ({0})")]
    Failed(ExitStatus),
    #[error("said more than one line")]
    MoreThanOneLine,
}

impl TargetFile {
    /// The secret. A command is run once, in the folder of the target file, without a shell.
    pub(super) async fn secret(&self, at: &Placed<SecretPlace>) -> Result<Secret, Box<Diagnostic>> {
        let error = |title: String, remedy: &str| Box::new(self.text.error_at(at, title).remedy(remedy));
        let secret = match &at.value {
            SecretPlace::Env(name) => {
                std::env::var_os(name).map(std::ffi::OsString::into_encoded_bytes).ok_or_else(|| {
                    let remedy = format!(
                        "set it so that it stays out of the shell's history:\nread -rs {name}; export {name}\nor name a file \
                         that has it: `secret: {{ file: … }}`"
                    );
                    error(format!("the variable `{name}` is not set"), &remedy)
                })?
            }
            SecretPlace::File(path) => {
                let path = self.folder().join(path);
                std::fs::read(&path).map_err(|reason| {
                    error(format!("{} cannot be read: {reason}", path.display()), "put the secret there")
                })?
            }
            SecretPlace::Command(Words { words, .. }) => {
                run(words, self.folder(), COMMAND_LIMIT).await.map_err(|reason| {
                    let program = words.first().map_or("", String::as_str);
                    let remedy = "run it by hand in the folder of this file: it has to print the secret as its only line and \
                                  end with 0, with nothing to type; no shell reads it, so that words are split at spaces alone";
                    error(format!("the command `{program}` {reason}"), remedy)
                })?
            }
            SecretPlace::Inline => Vec::new(),
        };
        // An editor ends a file with a line; a secret is one.
        let secret =
            secret.strip_suffix(b"\n").map_or(secret.as_slice(), |rest| rest.strip_suffix(b"\r").unwrap_or(rest));
        if secret.is_empty() || secret.len() > MOST_OF_A_SECRET {
            let title = if secret.is_empty() { "the secret is empty" } else { "this is too long for a secret" };
            return Err(error(title.to_owned(), "one line with the secret is wanted there"));
        }
        Ok(Secret::new(secret))
    }

    /// Where the target file is, wherever the program was started.
    fn folder(&self) -> &Path {
        Path::new(self.text.name()).parent().unwrap_or(Path::new(""))
    }
}

/// What a command prints, up to a little more than a secret may have. Its standard input is empty.
async fn run(words: &[String], folder: &Path, limit: Duration) -> Result<Vec<u8>, CommandError> {
    let (program, arguments) = words.split_first().map_or(("", [].as_slice()), |(first, rest)| (first.as_str(), rest));
    let mut command = Command::new(program_in(program, folder));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    if !folder.as_os_str().is_empty() {
        command.current_dir(folder);
    }
    let mut child = command.spawn().map_err(CommandError::NotRun)?;
    let ended = async {
        let mut said = Vec::new();
        if let Some(stdout) = child.stdout.take() {
            stdout.take(MOST_OF_A_SECRET as u64 + 3).read_to_end(&mut said).await?;
        }
        Ok((child.wait().await?, said))
    };
    let ended = tokio::time::timeout(limit, ended).await.map_err(|_| CommandError::TimedOut(limit))?;
    let (status, said) = ended.map_err(CommandError::NotRun)?;
    let lines = said.iter().rev().skip_while(|octet| **octet == b'\n').filter(|octet| **octet == b'\n').count();
    let is_too_long = said.len() > MOST_OF_A_SECRET;
    match (status.success(), lines) {
        // One that was not read to its end may have failed over that.
        (_, 0) if is_too_long => Ok(said),
        (false, _) => Err(CommandError::Failed(status)),
        (true, 0) => Ok(said),
        (true, _) => Err(CommandError::MoreThanOneLine),
    }
}

/// A program that is named by a path stands beside the target file, as a secret's file does; another is looked for where the
/// system looks for programs.
fn program_in(program: &str, folder: &Path) -> PathBuf {
    let path = Path::new(program);
    if path.components().count() < 2 {
        return path.to_owned();
    }
    std::path::absolute(folder.join(path)).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|&word| word.to_owned()).collect()
    }

    fn shell(script: &str) -> Vec<String> {
        words(&["sh", "-c", script])
    }

    const LONG: Duration = Duration::from_secs(60);

    #[rstest]
    #[case::a_line("echo hunter2", Ok("hunter2\n"))]
    #[case::without_its_end("printf hunter2", Ok("hunter2"))]
    #[case::nothing("true", Ok(""))]
    #[case::failed("echo hunter2; exit 3", Err("failed (exit status: 3)"))]
    #[case::two_lines("echo hunter2; echo hunter3", Err("said more than one line"))]
    #[case::killed("echo hunter2; kill -9 $$", Err("failed (signal: 9 (SIGKILL))"))]
    #[case::nothing_to_read("read -r line || echo empty", Ok("empty\n"))]
    #[tokio::test]
    async fn a_command_gives_a_line_or_says_why_not(#[case] script: &str, #[case] expected: Result<&str, &str>) {
        let said = run(&shell(script), Path::new(""), LONG).await;
        let said = said.map(|said| String::from_utf8(said).unwrap()).map_err(|error| error.to_string());
        assert_eq!(said.as_deref().map_err(String::as_str), expected);
    }

    #[tokio::test]
    async fn a_command_that_says_too_much_is_not_heard_out() {
        let said = run(&shell("yes | tr -d '\\n'"), Path::new(""), LONG).await.unwrap();
        assert!(said.len() > MOST_OF_A_SECRET && said.len() < 2 * MOST_OF_A_SECRET);
    }

    #[tokio::test]
    async fn a_command_that_does_not_end_is_ended() {
        let limit = Duration::from_millis(20);
        let error = run(&words(&["sleep", "600"]), Path::new(""), limit).await.unwrap_err();
        assert!(matches!(error, CommandError::TimedOut(_)), "{error}");
    }

    #[tokio::test]
    async fn no_shell_reads_the_words() {
        let said = run(&words(&["echo", "$HOME;", "a  b"]), Path::new(""), LONG).await.unwrap();
        assert_eq!(said, b"$HOME; a  b\n");
        let error = run(&words(&["there-is-no-such-program"]), Path::new(""), LONG).await.unwrap_err();
        assert!(error.to_string().starts_with("cannot be run: "), "{error}");
    }
}
