//! The arguments, as `--help` shows them.

use std::ffi::OsString;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgGroup, Args, CommandFactory as _, Parser, ValueEnum};

use super::exit::Exit;
use crate::diagnostic::nearest;

/// Who may relay through this mail server?
///
/// smtpspec runs plain-language cases about relay authorization against a built-in model of the servers that
/// Microsoft's bulletin MS02-011 describes, and against any mail server over TCP.
#[derive(Debug, Parser)]
#[command(name = "smtpspec", version, after_help = Exit::HELP, max_term_width = 80)]
pub(super) struct Arguments {
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(super) colour: ColourChoice,

    /// Products and deployments of your own: FOLDER/products/*.yaml and FOLDER/deployments/*.yaml, over the built-in ones
    #[arg(long, global = true, value_name = "FOLDER")]
    pub(super) scenarios: Vec<PathBuf>,

    #[command(subcommand)]
    pub(super) subcommand: Subcommand,
}

/// Names the nearest flag where clap names none: short words differ too much for its measure, as `--om` from `--on` does.
pub(super) fn name_nearest_flag(error: &mut clap::Error, given: &[OsString]) {
    if error.kind() != ErrorKind::UnknownArgument || error.get(ContextKind::SuggestedArg).is_some() {
        return;
    }
    let Some(ContextValue::String(unknown)) = error.get(ContextKind::InvalidArg) else { return };
    let Some(word) = unknown.strip_prefix("--") else { return };
    let mut command = Arguments::command();
    command.build();
    let subcommand = given.iter().skip(1).find_map(|word| command.find_subcommand(word));
    let flags = subcommand.unwrap_or(&command).get_arguments().filter_map(|argument| argument.get_long());
    let Some(flag) = nearest(word, flags).map(|flag| format!("--{flag}")) else { return };
    error.insert(ContextKind::SuggestedArg, ContextValue::String(flag));
    // That it could be meant as a value is no advice beside this.
    error.insert(ContextKind::Suggested, ContextValue::StyledStrs(Vec::new()));
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ColourChoice {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Debug, clap::Subcommand)]
pub(super) enum Subcommand {
    /// Run cases against the built-in model or a mail server
    ///
    /// Without --on: the record of MS02-011 on every built-in deployment, and the matrix of who may relay through each.
    /// With --on: the requirements on that server.
    Verify(Verify),
    /// Say what the bulletins say of a host, and what to do
    ///
    /// What MS02-011 and MS02-012 say of each listener of a host: whether it is affected and why, and which patch or
    /// setting helps.
    Advise(Advise),
    /// Print claims, cases, deployments, steps or facts
    List(List),
    /// Receive what servers send on, for runs on other machines
    ///
    /// A process of its own that takes any mail, passes none on, and tells of it to runs whose target file has
    /// `witness: { at: HOST:PORT }`. It goes on until Ctrl-C. docs/witness.md says more.
    Witness(Witness),
    /// Write a commented target file or a first case
    New(New),
    /// Check feature and YAML files without running anything
    ///
    /// A YAML file is a target, a deployment, a product or a bulletin by its keys, or else by the folder it is in.
    Lint(Lint),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  smtpspec verify
  smtpspec verify c08 --verbose
  smtpspec verify --on windows-2000
  smtpspec verify --on my-server.yaml --report junit=relay.xml
  smtpspec verify bulletin --on lab.yaml --as windows-2000")]
pub(super) struct Verify {
    /// Which cases: an id or its beginning (`requirements/relay`), a claim (`c08`), a tag (`@must`), a feature
    /// file or a line in it (`my.feature:12`)
    #[arg(value_name = "SELECTOR")]
    pub(super) selectors: Vec<String>,

    /// What to judge: a target file, a deployment file, or the name of a built-in deployment
    #[arg(long, value_name = "DEPLOYMENT|FILE.yaml")]
    pub(super) on: Vec<String>,

    /// Hold the target against the record of this deployment
    #[arg(long = "as", value_name = "DEPLOYMENT", requires = "on")]
    pub(super) stands_for: Option<String>,

    /// Feature files, or folders of them, instead of the built-in cases
    #[arg(long, value_name = "PATH")]
    pub(super) features: Vec<PathBuf>,

    /// Also write a report: ndjson=FILE or junit=FILE
    #[arg(long, value_name = "FORMAT=FILE")]
    pub(super) report: Vec<ReportArgument>,

    /// Deviations that are known and accepted: lines of `case: reason`; one that conforms is an error
    #[arg(long, value_name = "FILE.yaml")]
    pub(super) expected: Option<PathBuf>,

    /// Allow a target at this address although it is not loopback
    #[arg(long, value_name = "HOST")]
    pub(super) allow_address: Vec<String>,

    /// Send message data to a target although no witness could see it arrive
    #[arg(long)]
    pub(super) send_data: bool,

    /// Show every case and the dialogue of each that does not conform, whole
    #[arg(long, short)]
    pub(super) verbose: bool,
}

/// A report to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ReportArgument {
    pub(super) format: ReportFormat,
    pub(super) path: PathBuf,
}

/// The formats of reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReportFormat {
    Junit,
    Ndjson,
}

impl FromStr for ReportArgument {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((format, path)) = text.split_once('=') else {
            return Err("write junit=FILE or ndjson=FILE".to_owned());
        };
        if path.is_empty() {
            return Err("the file is missing".to_owned());
        }
        let format = match format {
            "junit" => ReportFormat::Junit,
            "ndjson" => ReportFormat::Ndjson,
            _ => return Err("the formats are junit and ndjson".to_owned()),
        };
        Ok(Self { format, path: PathBuf::from(path) })
    }
}

#[derive(Debug, Args)]
#[command(
    group(ArgGroup::new("key").required(true)),
    override_usage = "smtpspec witness --listen <ADDRESS:PORT> --control <ADDRESS:PORT>\n       \
                      <--key-env <NAME>|--key-file <PATH>> [OPTIONS]",
    after_help = "\
Examples:
  smtpspec witness --listen 127.0.0.1:2526 --control 127.0.0.1:2600 --key-env WITNESS_KEY
  smtpspec witness --listen 192.0.2.7:25 --control 192.0.2.7:2600 \
--allow-address 192.0.2.7 --key-file witness.key --log ndjson"
)]
pub(super) struct Witness {
    /// Where mail to the world outside comes in; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(super) listen: SocketAddr,

    /// Where mail comes in that a server passes to its internal server
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(super) inside: Option<SocketAddr>,

    /// Where runs ask what came in
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(super) control: SocketAddr,

    /// The variable with the key that runs have to hold: at least 16 octets
    #[arg(long, value_name = "NAME", group = "key")]
    pub(super) key_env: Option<String>,

    /// The file with that key as its only line
    #[arg(long, value_name = "PATH", group = "key")]
    pub(super) key_file: Option<PathBuf>,

    /// Listen at this address although it is not loopback
    #[arg(long, value_name = "ADDRESS")]
    pub(super) allow_address: Vec<IpAddr>,

    /// How to say on standard output what comes in
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) log: LogFormat,
}

/// The formats of a witness's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum LogFormat {
    /// A line a message, to read
    Text,
    /// A JSON object a line, for programs
    Ndjson,
}

#[derive(Debug, Args)]
pub(super) struct Advise {
    /// A built-in deployment, or one of its listeners as in ID:LISTENER, or a deployment file
    #[arg(value_name = "DEPLOYMENT|FILE.yaml")]
    pub(super) deployment: String,

    /// By the texts in force on this day, for example 2002-03-01
    #[arg(long, value_name = "DATE")]
    pub(super) dated: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// What to print
    pub(super) what: Listing,

    /// Feature files, or folders of them, instead of the built-in cases
    #[arg(long, value_name = "PATH")]
    pub(super) features: Vec<PathBuf>,
}

/// What can be printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Listing {
    /// The bulletin's claims, each with its cases and, run now, their result
    Claims,
    /// The ids and sentences of the cases
    Cases,
    /// The built-in deployments
    Deployments,
    /// The steps that a case can be written in
    Steps,
    /// How each product words its replies, with source and confidence
    Facts,
}

#[derive(Debug, Args)]
pub(super) struct New {
    /// What to write
    pub(super) what: Template,

    /// Where to; without it, to standard output. A file that exists is left alone
    #[arg(value_name = "FILE")]
    pub(super) path: Option<PathBuf>,
}

/// What can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Template {
    /// A target file: the server to judge
    Target,
    /// A feature file with one case
    Case,
}

#[derive(Debug, Args)]
pub(super) struct Lint {
    /// Files or folders; without any, the built-in ones
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
}
