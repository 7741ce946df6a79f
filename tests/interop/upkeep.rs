//! Programs that live as long as a test: a private directory, what runs in it, and the end of both.

use super::Failure;
use std::io::Write;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

/// Ends the programs it is told of, and removes the directory, as soon as its standard input closes: when the fixture
/// is dropped, and also when the test's process dies with no chance to drop anything.
///
/// Each program is known by its process id and its start time, so that a number that has been given to somebody else
/// is left alone. A zombie counts as gone: whether it is collected is its parent's business. TERM is followed by KILL
/// after 0.3 s, as nothing that they could still save is kept: Dovecot ends its workers at once, and then waits for a
/// second.
const WATCH: &str = r#"
trap '' HUP INT TERM
directory=$1
programs=
while read -r pid start; do programs="$pid:$start $programs"; done

lives() {
  set -- "${1%%:*}" "${1##*:}" $(sed 's/.*) //' "/proc/${1%%:*}/stat" 2>/dev/null)
  [ "${3:-Z}" != Z ] && [ "${22}" = "$2" ]
}
for program in $programs; do
  lives "$program" && kill -TERM "${program%%:*}"
done
for program in $programs; do
  waited=0
  while lives "$program" && [ "$waited" -lt 15 ]; do
    sleep 0.02
    waited=$((waited + 1))
  done
  lives "$program" && kill -KILL "${program%%:*}"
done
rm -rf -- "$directory"
"#;

/// A fresh directory and the programs that were started for it. Dropping it ends the programs and removes the
/// directory.
pub(super) struct Upkeep {
    directory: std::path::PathBuf,
    watcher: Child,
    register: Option<ChildStdin>,
    programs: Vec<Child>,
}

impl Upkeep {
    /// A new directory, which every account may enter: servers give up root before they open their files.
    pub(super) fn new() -> Result<Self, Failure> {
        use std::os::unix::fs::PermissionsExt;

        let directory = tempfile::Builder::new()
            .prefix("smtpspec-")
            .permissions(std::fs::Permissions::from_mode(0o755))
            .tempdir()
            .map_err(|error| format!("no temporary directory: {error}"))?;
        let mut watcher = Command::new("sh")
            .args(["-c", WATCH, "watch"])
            .arg(directory.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("sh does not start: {error}"))?;
        let register = watcher.stdin.take();
        Ok(Self { directory: directory.keep(), watcher, register, programs: Vec::new() })
    }

    /// The private directory.
    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Starts a program that ends with this value. It must not put itself into the background.
    pub(super) fn start(&mut self, command: &mut Command) -> Result<(), Failure> {
        let name = command.get_program().display().to_string();
        let child = command.stdin(Stdio::null()).spawn().map_err(|error| format!("{name} does not start: {error}"))?;
        let pid = child.id();
        self.programs.push(child);
        let start = start_time(pid).ok_or_else(|| format!("{name} has no start time in /proc"))?;
        let register = self.register.as_mut().ok_or("the watcher has no standard input")?;
        writeln!(register, "{pid} {start}").map_err(|error| format!("the watcher is gone: {error}"))
    }

    /// Whether a program has ended by itself.
    pub(super) fn lost_one(&mut self) -> bool {
        self.programs.iter_mut().any(|program| !matches!(program.try_wait(), Ok(None)))
    }
}

impl Drop for Upkeep {
    fn drop(&mut self) {
        drop(self.register.take());
        let _ = self.watcher.wait();
        for program in &mut self.programs {
            // Nothing is left to kill but what the watcher was never told of. An uncollected child keeps its process
            // id, so this cannot hit anybody else.
            let _ = program.kill();
            let _ = program.wait();
        }
    }
}

/// When a process started, in clock ticks since the machine did (proc(5), field 22 of `/proc/PID/stat`).
fn start_time(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in field 2 may hold anything, but nothing after its last parenthesis is free text.
    let (_, after_name) = stat.rsplit_once(')')?;
    after_name.split_ascii_whitespace().nth(19)?.parse().ok()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::io::{BufRead, BufReader};
    use std::time::{Duration, Instant};

    const VICTIM: &str = "SMTPSPEC_TEST_UPKEEP_VICTIM";

    fn is_gone(pid: u32) -> bool {
        match std::fs::read_to_string(format!("/proc/{pid}/stat")) {
            Ok(stat) => stat.rsplit_once(") ").is_none_or(|(_, fields)| fields.starts_with('Z')),
            Err(_) => true,
        }
    }

    fn within(limit: Duration, mut condition: impl FnMut() -> bool) -> bool {
        let deadline = Instant::now() + limit;
        while Instant::now() < deadline {
            if condition() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        condition()
    }

    #[test]
    fn a_drop_ends_the_program_and_removes_the_directory() {
        let mut upkeep = Upkeep::new().unwrap();
        upkeep.start(Command::new("sleep").arg("600")).unwrap();
        let (pid, directory) = (upkeep.programs[0].id(), upkeep.directory().to_owned());
        assert!(!is_gone(pid) && directory.is_dir() && !upkeep.lost_one());
        drop(upkeep);
        assert!(is_gone(pid), "process {pid} is left");
        assert!(!directory.exists(), "{} is left", directory.display());
    }

    #[test]
    fn a_program_that_ends_by_itself_is_missed() {
        let mut upkeep = Upkeep::new().unwrap();
        upkeep.start(&mut Command::new("true")).unwrap();
        assert!(within(Duration::from_secs(5), || upkeep.lost_one()));
    }

    #[test]
    fn nothing_outlives_a_test_that_is_killed() {
        if std::env::var_os(VICTIM).is_some() {
            let mut upkeep = Upkeep::new().unwrap();
            upkeep.start(Command::new("sleep").arg("600")).unwrap();
            println!("\nvictim {} {}", upkeep.programs[0].id(), upkeep.directory().display());
            std::thread::sleep(Duration::from_secs(60));
            return;
        }

        let mut victim = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "--nocapture", "upkeep::tests::nothing_outlives_a_test_that_is_killed"])
            .env(VICTIM, "1")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let line = BufReader::new(victim.stdout.take().unwrap())
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("victim ").map(str::to_owned));
        victim.kill().unwrap();
        victim.wait().unwrap();

        let line = line.expect("the victim says what it started");
        let (pid, directory) = line.split_once(' ').unwrap();
        assert!(within(Duration::from_secs(10), || is_gone(pid.parse().unwrap())), "process {pid} is left");
        assert!(within(Duration::from_secs(10), || !Path::new(directory).exists()), "{directory} is left");
    }
}
